using System.Globalization;
using Provision.Machine.Containers;
using Provision.Machine.Simulated.Networks;
using Provision.Reservations;

namespace Provision.Machine.Simulated.Containers;

/// <summary>
/// What programs do, by their name. Every one that is not named here runs on and does nothing; those named do all at once when they are
/// started.
/// </summary>
internal static class SimulatedPrograms
{
    private const int Killed = 128 + 9;

    /// <summary>The program begins; returns how it ended, null when it runs on.</summary>
    public static ContainerEnd? Start(ContainerOrder order, ContainerView view, NetworkView network)
    {
        var (program, first, second) = Split(order);
        return program switch
        {
            "exit" => Exited(Number(first)),
            "code" => Exited(Number(order.Environment.GetValueOrDefault("CODE", ""))),
            "eat" when MiB(first) > order.Memory => new ContainerEnd(EndCause.OutOfMemory, Killed),
            "eat" => Exited(0),
            "fill" => Exited(view.TryWrite(first, MiB(second)) ? 0 : 1),
            "ls" => Exited(view.Holds(first) ? 0 : 1),
            "connect" => Exited(network.Reaches(first, second) ? 0 : 1),
            "address" => Exited(network.Has(first) ? 0 : 1),
            "names" => Exited(network.IsTold(first) ? 0 : 1),
            "farewell" => view.TryWrite($"{first}.ready", ByteSize.Zero) ? null : Exited(1),
            _ => Look(order, view),
        };
    }

    /// <summary>Something was written; returns how the program ended by that, null when it runs on.</summary>
    public static ContainerEnd? Look(ContainerOrder order, ContainerView view) =>
        Split(order) is ("until", var file, _) && view.Holds(file) ? Exited(0) : null;

    /// <summary>True when the program, while it runs, answers whoever connects to this port.</summary>
    public static bool Listens(ContainerOrder order, int port) => Split(order) is ("listen", var own, _) && Number(own) == port;

    /// <summary>It gets a TERM.</summary>
    public static void Stop(ContainerOrder order, ContainerView view)
    {
        if (Split(order) is ("farewell", var file, _))
        {
            view.TryWrite(file, MiB("1"));
        }
    }

    private static (string Program, string First, string Second) Split(ContainerOrder order) =>
        (Path.GetFileName(order.Arguments[0]), order.Arguments.ElementAtOrDefault(1) ?? "", order.Arguments.ElementAtOrDefault(2) ?? "");

    private static ContainerEnd Exited(int code) => new(EndCause.Exited, code & 0xff);

    private static ByteSize MiB(string count) => new((long)Number(count) << 20);

    private static int Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 2;
}
