using Provision.Reservations.Faults;

namespace Provision.Reservations.HttpSignatures;

/// <summary>Fields of requests that are structured.</summary>
internal static class SignatureFields
{
    // Header fields that a stranger wrote are read before anything about him is known.
    private const int LengthMax = 4096;

    /// <summary>The members of a dictionary.</summary>
    /// <exception cref="FaultException"><c>BadSignature</c>: it does not read, or is longer than 4096 characters.</exception>
    public static Dictionary<string, T> Parse<T>(string name, string text, FieldReader.ReadMember<T> read)
    {
        try
        {
            return text.Length <= LengthMax
                ? new FieldReader(text).ReadDictionary(read)
                : throw new FormatException($"it has more than {LengthMax} characters");
        }
        catch (FormatException e)
        {
            throw new FaultException(
                new Fault(FaultCode.BadSignature, $"The field {name} does not read: {e.Message}", "Write it as RFC 9421 §4 says."), e);
        }
    }
}
