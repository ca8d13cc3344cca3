namespace Provision.Agent.Configuration;

/// <summary>How a value is written in the file.</summary>
internal enum ValueForm
{
    /// <summary>Between quotes.</summary>
    Text,

    /// <summary>Between quotes; counted from the folder of the file, when it is not absolute.</summary>
    Path,

    /// <summary>Digits.</summary>
    Whole,

    /// <summary>Digits, perhaps with a point.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Switch,
}
