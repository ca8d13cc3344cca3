using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Reservations.Tests.Faults;

public sealed class FaultTests
{
    [Fact]
    public void The_chain_is_one_line_that_ends_in_the_remedy()
    {
        var cause = new Fault(FaultCode.Internal, "no space left");
        var fault = new Fault(FaultCode.Unavailable, "The volume was not made", "Try later.", cause)
        {
            Problems = new Problems([new Problem("/a", "is 1", "give 2"), new Problem("", "is odd", "make it even")]),
        };
        Assert.Equal(
            "The volume was not made: /a is 1 (give 2); document is odd (make it even): no space left. Try later.",
            fault.ToString());
    }

    [Theory]
    [InlineData(FaultCode.Invalid)]
    [InlineData(FaultCode.BadSignature)]
    [InlineData(FaultCode.Denied)]
    [InlineData(FaultCode.NotFound)]
    [InlineData(FaultCode.Conflict)]
    [InlineData(FaultCode.OutOfCapacity)]
    [InlineData(FaultCode.DataLoss)]
    [InlineData(FaultCode.Internal)]
    public void Only_what_is_unavailable_is_worth_trying_again(FaultCode code)
    {
        Assert.False(new Fault(code, "x").Transient);
        Assert.True(new Fault(FaultCode.Unavailable, "x").Transient);
    }

    [Fact]
    public void Faults_compare_by_value_with_their_problems()
    {
        static Fault Make(string pointer) => Fault.Invalid("bad", [new Problem(pointer, "is bad", "mend it")]);
        Assert.Equal(Make("/a"), Make("/a"));
        Assert.Equal(Make("/a").GetHashCode(), Make("/a").GetHashCode());
        Assert.NotEqual(Make("/a"), Make("/b"));
        Assert.False(Problems.None.Equals((object)"none"));
    }

    [Fact]
    public void Too_many_problems_are_counted_and_not_listed()
    {
        var fault = Fault.Invalid("bad", Enumerable.Range(0, 5000).Select(i => new Problem($"/{i}", "is bad", "mend it")));
        Assert.Equal(Fault.ProblemsMax, fault.Problems.Count);
        Assert.Equal(new Problem("", "has 4901 more problems", "mend these first"), fault.Problems[^1]);
        Assert.Equal("/98", fault.Problems[^2].Pointer);
    }

    [Fact]
    public void As_many_problems_as_fit_are_all_listed()
    {
        var fault = Fault.Invalid("bad", Enumerable.Range(0, Fault.ProblemsMax).Select(i => new Problem($"/{i}", "is bad", "mend it")));
        Assert.Equal("/99", fault.Problems[^1].Pointer);
    }

    [Fact]
    public void An_exception_carries_the_whole_text()
    {
        var fault = new Fault(FaultCode.Denied, "No", "Ask.");
        Assert.Equal(fault.ToString(), new FaultException(fault).Message);
        Assert.Equal(fault, new FaultException(FaultCode.Denied, "No", "Ask.").Fault);
    }

    [Fact]
    public void A_broken_invariant_names_its_expression()
    {
        var books = 1;
        Invariant.Require(books == 1, "one book");
        var thrown = Assert.Throws<InvalidOperationException>(() => Invariant.Require(books == 2, "two books"));
        Assert.Contains("two books (books == 2)", thrown.Message, StringComparison.Ordinal);
    }
}
