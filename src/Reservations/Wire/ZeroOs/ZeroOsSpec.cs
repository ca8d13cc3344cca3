using System.Text;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>The <c>data</c> of a version 1 order as a module of ours reads it.</summary>
internal static class ZeroOsSpec
{
    /// <summary>
    /// What Go makes of the data: keys in their own case, the last of equal ones, unknown ones left out; and without fields that are empty,
    /// which Go's clients write for what nobody chose. Data that Go cannot read, or of a kind that Zero-OS does not know, stays as it is,
    /// so that its module says what is wrong.
    /// </summary>
    public static CanonicalJson Of(string kind, CanonicalJson data)
    {
        if (!ZeroOsTypes.Kinds.TryGetValue(kind, out var type)
            || GoJson.Decode(type, Encoding.UTF8.GetBytes(data.Text), whole: true) is not { Error: null, Value: GoObject value })
        {
            return data;
        }

        var json = new StringBuilder();
        Write(json, type, value);
        return CanonicalJson.Of(json.ToString());
    }

    private static void Write(StringBuilder json, GoType type, object? value)
    {
        switch (value)
        {
            case GoObject inner:
                WriteAll(json, '{', '}', inner.Type.Fields.Zip(inner.Values).Where(pair => !IsUnset(pair.First.Type, pair.Second)), pair =>
                {
                    GoText.Write(json, pair.First.Name);
                    json.Append(':');
                    Write(json, pair.First.Type, pair.Second);
                });
                break;
            case List<object?> list when list.All(item => item is GoObject):
                WriteAll(json, '[', ']', list, item => Write(json, type, item));
                break;
            default:
                type.Write(json, value);
                break;
        }
    }

    private static void WriteAll<T>(StringBuilder json, char open, char close, IEnumerable<T> items, Action<T> write)
    {
        json.Append(open);
        foreach (var (index, item) in items.Index())
        {
            json.Append(index == 0 ? "" : ",");
            write(item);
        }

        json.Append(close);
    }

    private static bool IsUnset(GoType type, object? value) => value is GoObject inner
        ? inner.Type.Fields.Zip(inner.Values).All(pair => IsUnset(pair.First.Type, pair.Second))
        : type.IsEmpty(value);
}
