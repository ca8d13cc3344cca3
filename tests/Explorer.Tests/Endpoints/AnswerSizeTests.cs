using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Provision.Explorer.Endpoints;
using Provision.Explorer.Storage.Memory;
using Provision.Explorer.Tests.Feed;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Explorer.Tests.Endpoints;

/// <summary>Readers who ask for much and take little of it.</summary>
public sealed class AnswerSizeTests : IAsyncDisposable
{
    private const int ItemSize = 60_000;
    private readonly ServiceProvider services = new ServiceCollection().AddSingleton<LargeAnswers>().BuildServiceProvider();
    private readonly TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int asked;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => services.DisposeAsync();

    [Fact]
    public async Task Of_a_list_no_more_is_loaded_than_its_reader_takes()
    {
        using var body = new SlowBody(open.Task);
        var answer = AnswerAsync(body, "things", 64);
        Assert.False(answer.IsCompleted);
        Assert.InRange(asked, 1, 2);
        open.SetResult();
        await answer;
        Assert.Equal(18, asked);
        using var list = JsonDocument.Parse(body.Taken.ToArray());
        Assert.Equal(17, list.RootElement.GetProperty("things").GetArrayLength());
        Assert.InRange(body.Taken.Length, 1, 1 << 20);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public async Task Who_is_given_a_large_answer_must_take_it_faster_than_others(int count, bool faster)
    {
        using var body = new SlowBody(Task.CompletedTask);
        var pace = new Pace { MinDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5)) };
        await AnswerAsync(body, "things", count, pace);
        Assert.Equal(faster ? 8192 : 240, pace.MinDataRate.BytesPerSecond);
    }

    [Fact]
    public async Task Large_answers_are_bounded_and_small_ones_and_other_sorts_go_on()
    {
        const int all = LargeAnswers.AtOnceMax + LargeAnswers.WaitingMax;
        using var slow = new SlowBody(open.Task);
        using var fast = new SlowBody(Task.CompletedTask);
        var answers = Enumerable.Range(0, all).Select(_ => AnswerAsync(slow, "things", 3)).ToList();
        Assert.All(answers, answer => Assert.False(answer.IsCompleted));
        Assert.Equal(2 * all, asked);
        Assert.Equal(LargeAnswers.Full, (await Assert.ThrowsAsync<FaultException>(() => AnswerAsync(fast, "things", 3))).Fault);
        Assert.Equal(0, fast.Taken.Length);
        await AnswerAsync(fast, "things", 1);
        await AnswerAsync(fast, "others", 3);
        open.SetResult();
        await Task.WhenAll(answers).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Ct);
        await AnswerAsync(fast, "things", 3);
    }

    [Fact]
    public async Task A_long_chain_is_read_page_by_page_and_each_page_loads_what_it_carries()
    {
        var store = await ReceiptsAsync(40);
        await using var explorer = await RunningExplorer.StartAsync(store);
        var read = new List<long>();
        for (var pages = 1; pages <= 3; pages++)
        {
            var page = await explorer.Client.ListReceiptsAsync(Samples.Node, read.LastOrDefault(), Ct);
            read.AddRange(page.Select(receipt => receipt.Sequence));
            Assert.InRange(store.ReceiptsRead, read.Count, read.Count + pages);
        }

        Assert.Equal(Enumerable.Range(1, 40).Select(i => (long)i), read);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(5, false)]
    public async Task What_fails_on_the_way_is_told_or_where_it_is_too_late_cut(long at, bool told)
    {
        var store = await ReceiptsAsync(10);
        store.BeforeReceipts = after => after < at ? Task.CompletedTask : throw new FaultException(FaultCode.DataLoss, "Torn", "Restore.");
        await using var explorer = await RunningExplorer.StartAsync(store);
        var fault = (await Assert.ThrowsAsync<FaultException>(() => explorer.Client.ListReceiptsAsync(Samples.Node, 0, Ct))).Fault;
        Assert.Equal(told ? FaultCode.DataLoss : FaultCode.Unavailable, fault.Code);
    }

    private static async Task<WatchedStore> ReceiptsAsync(int count)
    {
        var store = new WatchedStore(new MemoryStore("epoch"));
        var order = Samples.Volume();
        await store.AddReservationAsync(OrderVerifier.Verify(order), Ct);
        var data = $"\"{new string('x', ItemSize)}\"";
        await store.AddReceiptsAsync(Samples.Node, [.. Enumerable.Range(1, count).Select(i => Samples.Receipt(order, i, data: data))], Ct);
        return store;
    }

    private Task AnswerAsync(SlowBody body, string name, int count, Pace? pace = null)
    {
        var context = new DefaultHttpContext { RequestServices = services };
        context.Features.Set<IHttpMinResponseDataRateFeature>(pace);
        context.Response.Body = body;
        return context.AnswerListAsync(name, ItemsAsync(count), (writer, item) => writer.WriteStringValue(item));
    }

    private async IAsyncEnumerable<string> ItemsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            asked++;
            yield return new string('x', ItemSize);
        }

        await Task.CompletedTask;
    }

    private sealed class Pace : IHttpMinResponseDataRateFeature
    {
        public MinDataRate? MinDataRate { get; set; }
    }

    /// <summary>Takes nothing until it may.</summary>
    private sealed class SlowBody(Task open) : MemoryStream
    {
        private readonly Lock gate = new();

        public MemoryStream Taken { get; } = new();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await open;
            lock (gate)
            {
                Taken.Write(buffer.Span);
            }
        }
    }
}
