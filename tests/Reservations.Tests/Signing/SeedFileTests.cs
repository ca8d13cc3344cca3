using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Reservations.Tests.Signing;

public sealed class SeedFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("provision-seed-").FullName;

    private string Seed => Path.Combine(folder, "deeper", "identity.seed");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_was_saved_loads()
    {
        SeedFile.Save(Seed, Samples.User);
        Assert.Equal(Samples.User.PublicKey, SeedFile.Load(Seed).PublicKey);
    }

    [Fact]
    public void The_file_is_a_version_and_the_seed_and_only_its_owner_reads_it()
    {
        SeedFile.Save(Seed, Samples.User);
        Assert.Equal([.. "\"1.0.0\""u8, .. Enumerable.Repeat((byte)1, 32)], File.ReadAllBytes(Seed));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(Seed));
        Assert.Equal([Seed], Directory.GetFiles(Path.GetDirectoryName(Seed)!));
    }

    [Fact]
    public void An_identity_is_never_overwritten()
    {
        SeedFile.Save(Seed, Samples.User);
        Samples.Refused(FaultCode.Conflict, () => SeedFile.Save(Seed, Samples.Other));
        Assert.Equal(Samples.User.PublicKey, SeedFile.Load(Seed).PublicKey);
        Assert.Equal([Seed], Directory.GetFiles(Path.GetDirectoryName(Seed)!));
    }

    [Fact]
    public void What_a_crash_left_beside_does_not_stop_a_new_identity()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Seed)!);
        File.WriteAllText(Seed + ".new", "half");
        SeedFile.Save(Seed, Samples.User);
        Assert.Equal(Samples.User.PublicKey, SeedFile.Load(Seed).PublicKey);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_can_read_or_write_is_refused(UnixFileMode mode)
    {
        SeedFile.Save(Seed, Samples.User);
        File.SetUnixFileMode(Seed, UnixFileMode.UserRead | mode);
        var fault = Samples.Refused(FaultCode.Denied, () => SeedFile.Load(Seed));
        Assert.Contains($"chmod 0400 {Seed}", fault.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_says_how_to_make_one() =>
        Assert.Contains("identity create", Samples.Refused(FaultCode.NotFound, () => SeedFile.Load(Seed)).Remedy, StringComparison.Ordinal);

    [Fact]
    public void The_older_form_of_32_bare_bytes_loads()
    {
        Write(Enumerable.Repeat((byte)1, 32).ToArray());
        Assert.Equal(Samples.User.PublicKey, SeedFile.Load(Seed).PublicKey);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(39)]
    [InlineData(64)]
    public void Other_lengths_are_not_seed_files(int size)
    {
        Write(new byte[size]);
        Samples.Refused(FaultCode.DataLoss, () => SeedFile.Load(Seed));
    }

    [Fact]
    public void No_fault_tells_the_seed()
    {
        Write([.. "\"1.0.0\""u8, .. Enumerable.Repeat((byte)'s', 31)]);
        Assert.DoesNotContain("sss", Samples.Refused(() => SeedFile.Load(Seed)).ToString(), StringComparison.Ordinal);
    }

    private void Write(byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Seed)!);
        File.WriteAllBytes(Seed, content);
        File.SetUnixFileMode(Seed, UnixFileMode.UserRead);
    }
}
