using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Endpoints;

/// <summary>Turns everything that goes wrong into a problem answer (RFC 9457).</summary>
internal static partial class ProblemAnswers
{
    /// <summary>
    /// Answers for faults, for requests that HTTP itself refuses, and for defects of ours, whose stack goes to the log only.
    /// </summary>
    public static void UseProblemAnswers(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = context => context.AnswerFaultAsync(
                new Fault(FaultCode.Internal, "A defect of the explorer", "Report it with the log of the explorer.")),
        });
        app.Use(AnswerAsync);
        var routes = new Lazy<string>(() => Describe(app));
        app.MapFallback(context => throw new FaultException(
            FaultCode.NotFound, $"There is no route {context.Request.Method} {context.Request.Path}", $"Known: {routes.Value}."));
    }

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (FaultException e) when (!context.Response.HasStarted)
        {
            // Who asks for too much at once is told so; telling the operator each time would fill his log.
            if (e.Fault.Code is FaultCode.DataLoss or FaultCode.Internal or FaultCode.Unavailable && e.Fault != LargeAnswers.Full)
            {
                LogFault(context, e.Fault);
            }

            await context.AnswerFaultAsync(e.Fault);
        }
        catch (FaultException e)
        {
            // Too late to say so: an answer that breaks off is not taken for a whole one.
            LogFault(context, e.Fault);
            context.Abort();
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            var reason = e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? new Problem("", "is too large", $"send at most {StrictJson.SizeMax} bytes")
                : new Problem("", $"broke off: {e.Message}", "send the whole body");
            await context.AnswerFaultAsync(Fault.Invalid("The request is not valid", [reason]), e.StatusCode);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
    }

    private static string Describe(IEndpointRouteBuilder app) => string.Join(", ", app.DataSources
        .SelectMany(source => source.Endpoints)
        .OfType<RouteEndpoint>()
        .SelectMany(route => route.Metadata.OfType<HttpMethodMetadata>()
            .SelectMany(methods => methods.HttpMethods)
            .Select(method => $"{method} {route.RoutePattern.RawText}"))
        .Order(StringComparer.Ordinal));

    private static void LogFault(HttpContext context, Fault fault) => LogFault(
        context.RequestServices.GetRequiredService<ILogger<WebApplication>>(), context.Request.Method, context.Request.Path, fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed: {Fault}")]
    private static partial void LogFault(ILogger logger, string method, string path, Fault fault);
}
