using System.Diagnostics;
using System.Diagnostics.Metrics;
using Provision.Provisioning.Telemetry;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Telemetry;

/// <summary>What somebody who listens to an engine hears.</summary>
public sealed class EngineTelemetryTests : IDisposable
{
    private readonly Script script = new();
    private readonly NodeWorld world;
    private readonly Reservation order;
    private readonly List<Activity> spans = [];
    private readonly List<string> counts = [];
    private readonly ActivityListener spanListener;
    private readonly MeterListener meterListener;

    public EngineTelemetryTests()
    {
        world = new NodeWorld(new ScriptModule(script)) { Options = new EngineOptions { AttemptsMax = 4 } };
        order = world.Order(1);

        // Other tests run beside this one in the same process; an engine of a test has the test's thread.
        var thread = Environment.CurrentManagedThreadId;
        spanListener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == EngineTelemetry.Name,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => Hear(() => spans.Add(span)),
        };
        ActivitySource.AddActivityListener(spanListener);
        meterListener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == EngineTelemetry.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meterListener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Count(instrument, tags));
        meterListener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Count(instrument, tags));
        meterListener.Start();

        void Count(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = string.Join(' ', tags.ToArray().Select(tag => tag.Value));
            Hear(() => counts.Add($"{instrument.Name} {labels}"));
        }

        void Hear(Action act)
        {
            if (Environment.CurrentManagedThreadId == thread)
            {
                act();
            }
        }
    }

    public void Dispose()
    {
        spanListener.Dispose();
        meterListener.Dispose();
        world.Dispose();
    }

    [Fact]
    public void Every_attempt_from_the_order_to_its_last_undo_is_a_span_of_the_trace_that_the_digest_names()
    {
        FailOnce();
        world.Start();
        world.Post(order);
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Post(order, Actors.Cancel(order, world.Now));
        world.Until(() => world.Told(order, ReceiptState.Deleted));

        Assert.Equal(["order", "do", "do", "do", "do", "undo", "undo", "undo"], spans.Select(span => span.OperationName));
        var digest = order.ComputeDigest().ToString();
        Assert.All(spans, span =>
        {
            Assert.Equal(digest[..32], span.TraceId.ToString());
            Assert.Equal(digest[32..48], span.ParentSpanId.ToString());
            Assert.Equal(digest, span.GetTagItem("provision.order"));
            Assert.Equal("script", span.GetTagItem("provision.kind"));
        });
        var failed = Assert.Single(spans, span => span.Status == ActivityStatusCode.Error);
        Assert.Same(spans[2], failed);
        Assert.Equal("unavailable", failed.StatusDescription);
        Assert.Equal([1, 1, 2], spans[1..4].Select(span => span.GetTagItem("provision.attempt")));
    }

    [Fact]
    public void Every_attempt_order_poll_flush_and_receipt_is_counted()
    {
        FailOnce();
        world.Start();
        world.Post(order);
        world.Until(() => world.Told(order, ReceiptState.Ok));

        var step = nameof(ScriptStep);
        Assert.Equal(3, counts.Count(line => line == $"provision.step.duration script {step} do ok"));
        Assert.Equal(1, counts.Count(line => line == $"provision.step.duration script {step} do unavailable"));
        Assert.Equal(1, counts.Count(line => line == "provision.orders script planned"));
        Assert.Equal(1, counts.Count(line => line == "provision.feed.entries taken"));
        Assert.Contains("provision.polls ok", counts);
        Assert.Contains("provision.journal.flush.duration ", counts);
        world.Until(() => counts.Contains("provision.receipts ok"));
    }

    [Fact]
    public void A_word_of_a_stranger_is_no_label()
    {
        world.Start();
        var strange = world.Order(2, "no-such-kind");
        world.Post(strange);
        world.Until(() => world.Told(strange, ReceiptState.Refused));

        Assert.Contains("provision.orders unknown refused", counts);
        Assert.DoesNotContain(counts, line => line.Contains("no-such-kind", StringComparison.Ordinal));
        var span = Assert.Single(spans);
        Assert.Equal((ActivityStatusCode.Error, "invalid"), (span.Status, span.StatusDescription));
        Assert.Null(span.GetTagItem("provision.kind"));
    }

    [Fact]
    public void A_poll_that_fails_is_counted_by_the_code_of_its_fault()
    {
        world.Explorer.Away = true;
        world.Start();
        world.Pass(TimeSpan.FromSeconds(5));

        Assert.Contains("provision.polls unavailable", counts);
        Assert.DoesNotContain("provision.polls ok", counts);
    }

    private void FailOnce() => script.On = (call, _) => call is { Verb: "do", Step: 1, Attempt: 1 }
        ? Task.FromException(Script.Transient("still busy"))
        : Task.CompletedTask;
}
