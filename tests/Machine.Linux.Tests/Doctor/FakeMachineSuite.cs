namespace Provision.Machine.Linux.Tests.Doctor;

/// <summary>Tests of what the doctor says about a machine that is a folder, with another folder beside it.</summary>
public abstract class FakeMachineSuite : IDisposable
{
    private protected TemporaryFolder Temporary { get; } = TemporaryFolder.OfRoot();

    private protected FakeMachine Machine { get; } = new();

    public void Dispose()
    {
        Machine.Dispose();
        Temporary.Dispose();
        GC.SuppressFinalize(this);
    }
}
