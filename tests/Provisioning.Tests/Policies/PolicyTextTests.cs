using Provision.Reservations;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Policies;

/// <summary>What a farmer may write.</summary>
public sealed class PolicyTextTests
{
    private static readonly string[] Provided = ["volume", "network", "container"];
    private static readonly UserId User = new(Actors.UserKey.PublicKey);
    private static readonly UserId Other = new(Actors.Key(9).PublicKey);

    [Fact]
    public void Users_are_all_none_or_a_list()
    {
        Assert.True(PolicyText.TryReadUsers("all", out var users));
        Assert.Null(users);
        Assert.True(PolicyText.TryReadUsers("none", out users));
        Assert.Empty(users!);
        Assert.True(PolicyText.TryReadUsers($" {User},\n\t{Other},{User} ", out users));
        Assert.Equal([User, Other], users!.Order(Comparer<UserId>.Create((a, b) => a == User ? -1 : b == User ? 1 : 0)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("All")]
    [InlineData("everybody")]
    [InlineData("ID,all")]
    [InlineData("ID;ID")]
    [InlineData("IDx")]
    public void What_is_no_list_of_users_is_refused(string? text)
    {
        Assert.False(PolicyText.TryReadUsers(text?.Replace("ID", User.ToString(), StringComparison.Ordinal), out var users));
        Assert.True(users is null or { Count: 0 });
    }

    [Theory]
    [InlineData("all", null)]
    [InlineData("none", "")]
    [InlineData("volume", "volume")]
    [InlineData("network, volume volume", "network volume")]
    public void Kinds_are_all_none_or_a_list(string text, string? expected)
    {
        Assert.True(PolicyText.TryReadKinds(text, Provided, out var kinds));
        Assert.Equal(expected, kinds is null ? null : string.Join(' ', kinds.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("volumes")]
    [InlineData("volume,none")]
    public void What_is_no_list_of_kinds_is_refused(string? text) => Assert.False(PolicyText.TryReadKinds(text, Provided, out _));

    [Theory]
    [InlineData("all", true, null)]
    [InlineData("0", true, 0L)]
    [InlineData("4294967296", true, ResourceUnits.Max)]
    [InlineData("4294967297", false, null)]
    [InlineData("99999999999999999999", false, null)]
    [InlineData("-1", false, null)]
    [InlineData("1.5", false, null)]
    [InlineData("1e3", false, null)]
    [InlineData(" 1", false, null)]
    [InlineData("", false, null)]
    [InlineData(null, false, null)]
    public void A_bound_is_a_whole_number_of_units_or_all(string? text, bool valid, long? expected)
    {
        Assert.Equal(valid, PolicyText.TryReadBound(text, out var bound));
        Assert.Equal(expected, bound);
    }
}
