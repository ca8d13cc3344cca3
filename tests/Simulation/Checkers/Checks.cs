namespace Provision.Simulation.Checkers;

/// <summary>The promises that are watched.</summary>
public sealed class Checks(ExplorerSite site, FleetUser user, Scope scope, TimeProvider time)
{
    /// <summary>Every checker; the first failure is told by its name.</summary>
    public List<Checker> All { get; } =
    [
        new ReasonChecker(),
        new SignatureChecker(user),
        new InstanceChecker(),
        new UseChecker(scope),
        new CursorChecker(site, scope),
        new ExpiryChecker(user, scope, time),
        new RemainsChecker(scope),
        new AnswerChecker(site, user, scope),
        new ChainChecker(),
        new JournalChecker(),
        new WholenessChecker(),
    ];

    /// <summary>What broke, by checker.</summary>
    public IReadOnlyList<string> Failures =>
        [.. All.SelectMany(checker => checker.Failures.Select(failure => $"{checker.GetType().Name}: {failure}"))];
}
