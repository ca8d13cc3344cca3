using System.Buffers;
using System.Text;

namespace Provision.Explorer.Endpoints;

/// <summary>
/// An answer that is sent piece by piece, as fast as its reader takes it: of what he has not taken, the process holds one piece. What fits
/// into one goes out whole, and takes no turn among the large answers.
/// </summary>
/// <param name="context">Who asks.</param>
/// <param name="sort">Among which large answers it counts.</param>
internal sealed class PiecemealAnswer(HttpContext context, string sort) : IDisposable
{
    private readonly ArrayBufferWriter<byte> piece = new();
    private IDisposable? turn;

    /// <summary>Adds a part of the text.</summary>
    public void Add(ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, piece);

    /// <summary>
    /// Sends what is there, once it is a whole piece. Until the first one is sent a fault can still be answered as such.
    /// </summary>
    public async Task SendPieceAsync()
    {
        if (piece.WrittenCount < LargeAnswers.SizeMin)
        {
            return;
        }

        turn ??= await context.EnterLargeAnswerAsync(sort);
        Begin();
        await context.Response.Body.WriteAsync(piece.WrittenMemory, context.RequestAborted);
        piece.ResetWrittenCount();
    }

    /// <summary>Sends the rest.</summary>
    public async Task EndAsync()
    {
        if (turn is null)
        {
            context.Response.ContentLength = piece.WrittenCount;
        }

        Begin();
        await context.Response.Body.WriteAsync(piece.WrittenMemory, context.RequestAborted);
    }

    /// <summary>Lets the next large answer begin.</summary>
    public void Dispose() => turn?.Dispose();

    private void Begin()
    {
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            context.Response.ContentType = "application/json";
        }
    }
}
