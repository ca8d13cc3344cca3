using Provision.Cli.Tests.Grid;
using Provision.Reservations;
using Xunit;

namespace Provision.Cli.Tests.Receipts;

public sealed class ReceiptChainTests
{
    private readonly ReceiptMaker node = new();

    [Fact]
    public void An_untouched_chain_holds()
    {
        var chain = Chain(node.Next(5));
        Assert.Null(chain.Broken);
        Assert.Equal((node.Node, 5, 1, 5), (chain.Node, chain.Checked, chain.First, chain.Last));
    }

    [Fact]
    public void A_chain_may_begin_later_than_at_its_beginning()
    {
        var chain = Chain(node.Next(5).Skip(2));
        Assert.Null(chain.Broken);
        Assert.Equal((3, 3, 5), (chain.Checked, chain.First, chain.Last));
    }

    [Fact]
    public void A_changed_receipt_is_named()
    {
        var receipts = node.Next(5).ToArray();
        receipts[2] = receipts[2] with { State = ReceiptState.Deleted };
        Assert.Equal((3, "does not verify"), Broken(receipts));
    }

    [Fact]
    public void A_receipt_that_its_node_changed_and_signed_again_breaks_the_next_link()
    {
        var receipts = node.Next(5).ToArray();
        receipts[2] = node.Sign(receipts[2] with { State = ReceiptState.Deleted });
        Assert.Equal((4, "names"), Broken(receipts));
    }

    [Fact]
    public void A_missing_receipt_is_named_by_its_successor()
    {
        var receipts = node.Next(5).ToList();
        receipts.RemoveAt(2);
        Assert.Equal((4, "follows receipt 2"), Broken(receipts));
    }

    [Fact]
    public void A_receipt_that_comes_twice_breaks_the_chain()
    {
        var receipts = node.Next(3).ToList();
        receipts.Insert(1, receipts[0]);
        Assert.Equal((1, "follows receipt 1"), Broken(receipts));
    }

    [Fact]
    public void Another_nodes_receipt_does_not_fit()
    {
        var other = new ReceiptMaker(2);
        other.Next(2);
        Assert.Equal((3, "is by node"), Broken([.. node.Next(2), other.Next()]));
    }

    [Fact]
    public void The_first_receipt_of_all_follows_none()
    {
        var first = node.Next();
        Assert.Equal((1, "is the first"), Broken([node.Sign(first with { Previous = Digest.Of("something"u8) })]));
    }

    [Fact]
    public void An_unsigned_receipt_is_none() => Assert.Equal((1, "does not verify"), Broken([node.Next() with { Signature = default }]));

    private static ReceiptChain Chain(IEnumerable<Receipt> receipts) => ReceiptChain.Empty.Add(receipts);

    // The number of the broken link, and how the reason begins: as far as the expected text of the tests above.
    private static (long Sequence, string Reason) Broken(IEnumerable<Receipt> receipts)
    {
        string[] reasons = ["does not verify", "names", "follows receipt 1", "follows receipt 2", "is by node", "is the first"];
        var broken = Chain(receipts).Broken;
        Assert.NotNull(broken);
        return (broken.Sequence, reasons.First(reason => broken.Reason.StartsWith(reason, StringComparison.Ordinal)));
    }
}
