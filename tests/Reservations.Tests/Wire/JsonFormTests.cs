using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests.Wire;

public sealed class JsonFormTests
{
    [Theory]
    [InlineData("1.5", false)]
    [InlineData("1e3", false)]
    [InlineData("1.0", false)]
    [InlineData("18446744073709551615", false)]
    [InlineData("9223372036854775808", false)]
    [InlineData("-9223372036854775809", false)]
    [InlineData("9223372036854775807", true)]
    [InlineData("-9223372036854775808", true)]
    [InlineData("-0", true)]
    public void A_whole_number_is_one_that_is_written_as_one(string number, bool valid)
    {
        var problems = new List<Problem>();
        Assert.Equal(valid, Open($$"""{"n":{{number}}}""", problems).Int64("n") is not null);
        Assert.Equal(valid ? [] : ["/n"], problems.Select(problem => problem.Pointer));
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    [InlineData(20, true)]
    [InlineData(21, false)]
    public void Both_ends_of_a_range_are_in_it(int number, bool valid) =>
        Assert.Equal(valid, Open($$"""{"n":{{number}}}""", []).Int64("n", 10, 20) is not null);

    [Fact]
    public void Nothing_but_true_is_true()
    {
        var problems = new List<Problem>();
        var form = Open("""{"t":true,"f":false,"n":null,"o":1,"s":"true"}""", problems);
        Assert.Equal([true, false, false], [form.Flag("t"), form.Flag("f"), form.Flag("absent")]);
        Assert.Null(form.Flag("absent", required: true));
        Assert.Equal([null, null, null], [form.Flag("n"), form.Flag("o"), form.Flag("s")]);
        Assert.Equal(["/absent", "/n", "/o", "/s"], problems.Select(problem => problem.Pointer));
    }

    [Fact]
    public void Pointers_are_escaped_as_RFC_6901_says()
    {
        var problems = new List<Problem>();
        Open("""{"a/b~c":1,"":2}""", problems).Close<object>(null);
        Assert.Equal(["/a~1b~0c", "/"], problems.Select(problem => problem.Pointer));
    }

    [Fact]
    public void What_a_stranger_wrote_is_quoted_short_and_without_control_characters()
    {
        var problems = new List<Problem>();
        var form = Open($$"""{"{{new string('k', 500)}}":1,"s":"\u001b[2J{{new string('x', 500)}}","c\u0007":1}""", problems);
        form.OneOf("s", ["a"]);
        form.Close<object>(null);
        Assert.Equal(3, problems.Count);
        Assert.All(problems, problem => Assert.True(problem.Pointer.Length < 80 && problem.Reason.Length < 120));
        Assert.All(problems, problem => Assert.DoesNotContain(problem.ToString(), char.IsControl));
    }

    [Fact]
    public void A_cut_does_not_leave_half_an_emoji()
    {
        var problems = new List<Problem>();
        Open($$"""{"s":"{{new string('x', 59)}}😀😀"}""", problems).OneOf("s", ["a"]);
        Assert.DoesNotContain(problems[0].Reason, char.IsHighSurrogate);
    }

    [Fact]
    public void A_list_has_a_bound_and_its_elements_have_pointers()
    {
        var problems = new List<Problem>();
        var form = Open("""{"l":[{},1,{}]}""", problems);
        Assert.Empty(form.List<object>("l", 2, (_, _, _) => new object()));
        Assert.Equal(2, form.List<object>("l", 3, (item, pointer, list) => JsonForm.Open(item, pointer, list)).Count);
        Assert.Empty(form.List<object>("absent", 1, (_, _, _) => new object(), required: false));
        Assert.Equal(["/l", "/l/1"], problems.Select(problem => problem.Pointer));
    }

    [Fact]
    public void A_long_text_is_refused()
    {
        var problems = new List<Problem>();
        var form = Open("""{"s":"12345"}""", problems);
        Assert.Equal("12345", form.Text("s", sizeMax: 5));
        Assert.Null(form.Text("s", sizeMax: 4));
        Assert.Equal(["/s"], problems.Select(problem => problem.Pointer));
    }

    private static JsonForm Open(string json, ICollection<Problem> problems) =>
        JsonForm.Open(StrictJson.Parse(Samples.Bytes(json)), "", problems)!;
}
