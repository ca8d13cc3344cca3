namespace Provision.Explorer.Endpoints;

/// <summary>Whether the explorer answers at all.</summary>
internal static class HealthEndpoint
{
    /// <summary><c>GET /health</c>.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/health", context => context.AnswerAsync(writer => Answers.WriteName(writer, "status", "ok")));
}
