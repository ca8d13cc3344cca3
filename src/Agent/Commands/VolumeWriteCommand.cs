using System.CommandLine;
using System.Globalization;
using Provision.Agent.Hosting;
using Provision.Agent.Status;

namespace Provision.Agent.Commands;

/// <summary><c>provisiond volume-write</c>: what a tenant would do, on a machine where no tenant can.</summary>
internal static class VolumeWriteCommand
{
    private static readonly Argument<string> Owner = new("DIGEST") { Description = "The reservation that owns the volume." };
    private static readonly Argument<string> FileName = new("FILE") { Description = "The file's name." };
    private static readonly Argument<long> Size = new("BYTES") { Description = "The file's size." };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("volume-write", "Write a file of some size into a volume of a simulated machine.")
        {
            Owner, FileName, Size, Verb.Data, Verb.Config,
        };
        command.SetBody((arguments, ct) =>
        {
            var folder = new DataFolder(Verb.DataOf(arguments));
            var owner = Uri.EscapeDataString(arguments.GetRequiredValue(Owner));
            var file = Uri.EscapeDataString(arguments.GetRequiredValue(FileName));
            var size = arguments.GetRequiredValue(Size).ToString(CultureInfo.InvariantCulture);
            return StatusClient.HaveDoneAsync(folder.Socket, $"volumes/{owner}/files/{file}?size={size}", ct);
        });
        return command;
    }
}
