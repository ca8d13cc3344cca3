using System.Text;

namespace Provision.Machine.Conformance.Images;

/// <summary>A file of a <see cref="TestImage"/>.</summary>
/// <param name="Content">What it holds.</param>
/// <param name="Executable">True: everybody may run it (mode 0755); false: everybody may read it (mode 0644).</param>
public sealed record TestFile(byte[] Content, bool Executable = false)
{
    /// <summary>A file of this text.</summary>
    public static TestFile Of(string text, bool executable = false) => new(Encoding.UTF8.GetBytes(text), executable);
}
