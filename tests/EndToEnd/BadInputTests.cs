using System.Text.Json;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>Whatever a stranger sends is answered with the field, the reason and the remedy, and changes nothing.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private readonly HttpClient http = new();
    private TestGrid grid = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => grid = await Grids.StartAsync(simulated: true);

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await grid.DisposeAsync();
    }

    [Fact]
    public async Task Bad_orders_are_answered_with_field_reason_and_remedy_and_change_nothing()
    {
        var before = await grid.InventoryAsync();
        var wrong = new List<string>();
        foreach (var (name, input) in BadInput.All.Concat(BadContainers.All))
        {
            if (Judge(input, await SendAsync(input.Make(grid))) is { } reason)
            {
                wrong.Add($"{name}: {reason}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(before, await grid.InventoryAsync());
        Assert.Empty(await grid.NodesClient.ListReservationsAsync(null, grid.Node, Ct));
        await AssertGoodOrderGoesLiveAsync();
    }

    [Fact]
    public async Task An_order_for_more_than_is_free_is_answered_by_the_node()
    {
        var order = await grid.OrderAsync(sizeGiB: 1000);

        var receipt = await grid.ReceiptAsync(order, ReceiptState.Refused);

        receipt.Verify();
        Assert.Equal(FaultCode.OutOfCapacity, receipt.Fault!.Code);
        var problem = Assert.Single(receipt.Fault.Problems);
        Assert.Equal("/reservation/data/size", problem.Pointer);
        Assert.NotEmpty(problem.Remedy);
        await AssertGoodOrderGoesLiveAsync();
    }

    [Fact]
    public async Task The_same_order_twice_is_one_order_and_only_its_owner_ends_it()
    {
        var order = grid.User.Sign(grid.Draft());
        var first = await grid.Client.SubmitAsync(order, Ct);
        var second = await grid.Client.SubmitAsync(order, Ct);
        Assert.Equal((true, false, first.Id), (first.Created, second.Created, second.Id));
        var other = grid.User.Sign(order with { Duration = order.Duration * 2 });
        Assert.Equal(FaultCode.Conflict, (await RefusedAsync(other)).Code);
        await grid.ReceiptAsync(first.Digest, ReceiptState.Ok);
        var before = await grid.InventoryAsync();

        var stranger = KeyPair.Create();
        var cancel = grid.Cancel(first.Digest);
        var denied = await RefusedAsync(stranger.Sign(cancel with { User = new UserId(stranger.PublicKey) }));
        Assert.Equal((FaultCode.Denied, "/cancel/user_id"), (denied.Code, denied.Problems.Single().Pointer));
        var forged = await RefusedAsync(stranger.Sign(cancel));
        Assert.Equal((FaultCode.BadSignature, "/cancel/signature"), (forged.Code, forged.Problems.Single().Pointer));
        var unknown = await RefusedAsync(grid.User.Sign(grid.Cancel(Digest.Of("another"u8))));
        Assert.Equal((FaultCode.NotFound, "/cancel/reservation"), (unknown.Code, unknown.Problems.Single().Pointer));

        await AssertGoodOrderEndsAsync(before, first.Digest);
    }

    [Fact]
    public async Task The_command_line_says_what_is_wrong_and_its_exit_code_says_which_sort()
    {
        var stranger = grid.In("stranger.seed");
        SeedFile.Save(stranger, KeyPair.Create());
        var order = await grid.OrderAsync();
        await grid.ReceiptAsync(order, ReceiptState.Ok);
        var before = await grid.InventoryAsync();

        string[] volume = ["reservation", "create", "volume", "--size"];
        await AssertRefusedAsync(FaultCode.Invalid, "--size is 0", [.. volume, "0"]);
        await AssertRefusedAsync(FaultCode.Invalid, "--size is 18446744073709551615", [.. volume, "18446744073709551615"]);
        await AssertRefusedAsync(FaultCode.Invalid, "--duration is 0s", [.. volume, "1", "--duration", "0s"]);
        await AssertRefusedAsync(FaultCode.Invalid, "--duration is 109500d", [.. volume, "1", "--duration", "109500d"]);
        await AssertRefusedAsync(FaultCode.Invalid, "--node is \"x\"", [.. volume, "1", "--node", "x"]);
        await AssertRefusedAsync(FaultCode.Invalid, "floppy", ["reservation", "create", "floppy"]);
        await AssertRefusedAsync(FaultCode.NotFound, "9-9", ["reservation", "show", "9-9"]);
        await AssertRefusedAsync(FaultCode.Denied, "is not yours", ["reservation", "cancel", order.ToString()], stranger);

        string[] container = ["reservation", "create", "container", "--image"];
        string[] good = [.. container, TestImage.Install(grid).Reference.ToString()];
        await AssertRefusedAsync(FaultCode.Invalid, "--image is \"busybox\"", [.. container, "busybox"]);
        await AssertRefusedAsync(FaultCode.Invalid, "--ip 10.1 is", [.. good, "--network", "mine", "--ip", "10.1"]);
        await AssertRefusedAsync(FaultCode.NotFound, "/reservation/data/network/network_id", [.. good, "--network", "mine", "--follow"]);
        string[] network = ["reservation", "create", "network", "--name", "mine"];
        await AssertRefusedAsync(FaultCode.Invalid, "--ip-range is 127.0.0.0/8", [.. network, "--ip-range", "127.0.0.0/8"]);
        await AssertRefusedAsync(FaultCode.Invalid, "--subnet is \"10.1.1.0/30\"", [.. network, "--subnet", "10.1.1.0/30"]);
        await AssertRefusedAsync(FaultCode.Invalid, "--interactive", [.. good, "--interactive"]);
        await AssertRefusedAsync(FaultCode.Invalid, "--cpu is \"many\"", [.. good, "--cpu", "many"]);
        await AssertRefusedAsync(FaultCode.Invalid, "--memory is 1", [.. good, "--memory", "1"]);
        await AssertRefusedAsync(FaultCode.Invalid, "--env", [.. good, "--env", "A"]);
        await AssertRefusedAsync(FaultCode.Invalid, "--secret-env A names a file", [.. good, "--secret-env", $"A={grid.In("none")}"]);
        await AssertRefusedAsync(FaultCode.NotFound, "--mount 9-9:/data", [.. good, "--mount", "9-9:/data"]);
        await AssertRefusedAsync(FaultCode.Invalid, "mountpoint is", [.. good, "--mount", $"{order}:/proc"]);
        await AssertRefusedAsync(FaultCode.Denied, "of somebody else", [.. good, "--mount", $"{order}:/data"], stranger);
        await AssertRefusedAsync(FaultCode.OutOfCapacity, "1000 CRU", [.. good, "--cpu", "1000", "--follow"]);
        await AssertRefusedAsync(FaultCode.OutOfCapacity, "1000 SRU", [.. volume, "1000", "--follow"]);
        string[] here = ["--node", grid.Node.ToString(), "--follow"];
        await AssertRefusedAsync(FaultCode.OutOfCapacity, "/reservation/data/capacity/cpu", [.. good, "--cpu", "1000", .. here]);
        await AssertRefusedAsync(FaultCode.OutOfCapacity, "/reservation/data/size", [.. volume, "1000", .. here]);

        await AssertGoodOrderEndsAsync(before, order);
    }

    private static string? Judge(BadInput input, (int Status, string Body) answer)
    {
        if (answer.Status is < 400 or >= 500)
        {
            return $"answered {answer.Status}: {answer.Body}";
        }

        using var body = JsonDocument.Parse(answer.Body);
        var fault = StrictJson.Read(body.RootElement.GetProperty("fault"), "fault", FaultJson.Read);
        var named = fault.Problems.FirstOrDefault(problem => problem.Pointer == input.Pointer);
        return fault.Code != input.Code ? $"is {fault.Code}, not {input.Code}: {fault}"
            : named is null ? $"does not name \"{input.Pointer}\": {fault}"
            : named.Reason.Length == 0 || named.Remedy.Length == 0 ? $"has no reason or no remedy: {fault}"
            : null;
    }

    private async Task<(int Status, string Body)> SendAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        using var response = await http.PostAsync(new Uri(grid.Address, "/api/v1/orders"), content, Ct);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Ct));
    }

    private async Task<Fault> RefusedAsync(Order order) =>
        (await Assert.ThrowsAsync<FaultException>(() => grid.Client.SubmitAsync(order, Ct))).Fault;

    private async Task AssertRefusedAsync(FaultCode code, string words, IReadOnlyList<string> arguments, string? seed = null)
    {
        var run = await grid.ProvisionAsync(arguments, seed);
        var said = run.ExitCode == ExitCodes.Of(code) && run.Error.Contains(words, StringComparison.Ordinal);
        Assert.True(said && run.Error.Contains("remedy: ", StringComparison.Ordinal), $"{string.Join(' ', arguments)}: {run}");
    }

    private async Task AssertGoodOrderGoesLiveAsync()
    {
        var order = await grid.OrderAsync();
        await grid.ReceiptAsync(order, ReceiptState.Ok);
        Assert.Contains(order.ToString(), await grid.InventoryAsync(), StringComparison.Ordinal);
    }

    // Nothing that was refused has changed anything: the order is still there, and its owner can still end it.
    private async Task AssertGoodOrderEndsAsync(string inventory, Digest order)
    {
        Assert.Equal(inventory, await grid.InventoryAsync());
        await grid.CancelAsync(order);
        await grid.ReceiptAsync(order, ReceiptState.Deleted);
        await AssertGoodOrderGoesLiveAsync();
    }
}
