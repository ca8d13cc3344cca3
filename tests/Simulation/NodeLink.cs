namespace Provision.Simulation;

/// <summary>What is wrong with a node's way to the explorer.</summary>
public sealed class NodeLink
{
    /// <summary>Nothing gets through.</summary>
    public bool IsCut { get; set; }

    /// <summary>Requests get through, answers do not.</summary>
    public bool LosesAnswers { get; set; }
}
