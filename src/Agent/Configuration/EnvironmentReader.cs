using Provision.Reservations.Faults;

namespace Provision.Agent.Configuration;

/// <summary>What the environment says: <c>PROVISIOND_POOL_SIZE=4</c>, lists with commas.</summary>
internal static class EnvironmentReader
{
    /// <summary>Its values; a variable that begins like ours and is none is a problem.</summary>
    public static ConfigurationSource Read(IReadOnlyDictionary<string, string> environment)
    {
        var values = new List<Given>();
        var problems = new List<Problem>();
        foreach (var name in environment.Keys.Where(IsOurs).Order(StringComparer.Ordinal))
        {
            if (ConfigurationTable.All.FirstOrDefault(key => key.Variable == name) is not { } key)
            {
                problems.Add(Unknown.Variable(name));
                continue;
            }

            var text = environment[name];
            string[] texts = key.Repeats ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [text];
            values.Add(new Given(key, texts, Origin.Environment, name));
        }

        return new ConfigurationSource(values, problems);
    }

    private static bool IsOurs(string name) =>
        name.StartsWith(ConfigurationKey.VariablePrefix, StringComparison.Ordinal) && name != ConfigurationFile.Variable;
}
