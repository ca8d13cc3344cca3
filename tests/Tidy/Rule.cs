using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Provision.Tidy;

/// <summary>How a rule fails: every place at once, and what to do instead.</summary>
internal static class Rule
{
    /// <summary>Fails when anything is listed.</summary>
    public static void Holds(IEnumerable<string> violations, string instead)
    {
        var found = violations.ToList();
        if (found.Count > 0)
        {
            Assert.Fail($"{instead}\n{string.Join('\n', found.Select(violation => $"  {violation}"))}");
        }
    }

    /// <summary>The name of a type or method declared here.</summary>
    public static string NameOf(MemberDeclarationSyntax member) => member switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.Text,
        DelegateDeclarationSyntax type => type.Identifier.Text,
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        _ => member.Kind().ToString(),
    };
}
