using Provision.Agent.Configuration;
using Provision.Machine.Linux.Doctor;

namespace Provision.Agent.Doctor;

/// <summary>Whether the daemon would start with what it is configured with.</summary>
internal sealed class ConfigurationChecks(NodeConfiguration configuration)
{
    public IReadOnlyList<Check> All =>
        [Check.Of("configuration", "With a configuration that is not valid the daemon does not start.", Look)];

    private Finding Look()
    {
        var missing = configuration.Values.Where(value => value is { Key.Required: true, Origin: Origin.Default })
            .Select(value => value.Key.Name).ToHashSet();
        var wrong = configuration.Problems.Where(problem => !missing.Contains(problem.Pointer)).ToList();
        return wrong.Count > 0 ? Finding.Failed(string.Join("; ", wrong), "Mend these; 'provisiond config check' lists them, too.")
            : missing.Count > 0 ? Finding.Warning(
                $"Not given: {string.Join(", ", missing)}",
                "Checks of the machine need none of these.",
                "Put them into the file that 'provisiond config template' prints, or name that file with --config.")
            : Finding.Ok("valid");
    }
}
