using Provision.Explorer.Feed;
using Provision.Reservations.Registration;

namespace Provision.Explorer.Endpoints;

/// <summary>Farms: whose nodes they are.</summary>
internal static class FarmEndpoints
{
    /// <summary><c>GET /farms?after=…</c>, <c>POST /farms</c>.</summary>
    public static void MapFarms(this IEndpointRouteBuilder routes, ExplorerCore core)
    {
        routes.MapGet("/farms", async context => await context.AnswerListAsync(
            "farms",
            await core.ListFarmsAsync(context.Text("after"), context.RequestAborted),
            (writer, farm) => farm.Write(writer)));
        routes.MapPost("/farms", async context =>
        {
            var farm = FarmRegistration.Read(await context.ReadJsonAsync("farm registration"));
            await core.RegisterAsync(farm, context.RequestAborted);
            await context.AnswerAsync(writer => Answers.WriteName(writer, "farm_id", farm.Farm.ToString()));
        });
    }
}
