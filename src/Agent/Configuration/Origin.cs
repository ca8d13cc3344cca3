namespace Provision.Agent.Configuration;

/// <summary>Where a value comes from; a later one of these wins over an earlier one.</summary>
internal enum Origin
{
    /// <summary>Nobody gave one.</summary>
    Default,

    /// <summary>The configuration file.</summary>
    File,

    /// <summary>A variable of the environment.</summary>
    Environment,

    /// <summary>A flag of the command line.</summary>
    Flag,
}
