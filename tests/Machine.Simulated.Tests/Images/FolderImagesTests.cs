using Provision.Images;
using Provision.Machine.Conformance;
using Provision.Machine.Images;
using Provision.Machine.Simulated.Images;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Simulated.Tests.Images;

public sealed class FolderImagesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("provision-test-").FullName;
    private readonly SimulatedMachine machine = Machines.New();

    public FolderImagesTests() => machine.Images.Serve(LocalImages.Scheme, new FolderImages(Path.Combine(folder, "images")).Find);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("busybox")]
    [InlineData("busybox.tar")]
    public async Task What_the_farmer_put_there_is_found_by_its_name_and_takes_what_its_archive_takes(string file)
    {
        var reference = Put(file);

        var image = await EnsureAsync(reference);

        Assert.Equal(["/bin/run", "--flag"], image.Config.Entrypoint);
        Assert.Equal(new FileInfo(Path.Combine(folder, "images", file)).Length, image.Size.Bytes);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        await Throws.FaultAsync(FaultCode.NotFound, () => EnsureAsync(new ImageReference("local", "busybox", Digest.Of("none"u8))));

        var reference = Put("busybox.tar");

        await Throws.FaultAsync(FaultCode.NotFound, () => EnsureAsync(reference with { Digest = Digest.Of("none"u8) }));
        await Throws.FaultAsync(FaultCode.NotFound, () => EnsureAsync(reference with { Location = "busybox2" }));
    }

    [Fact]
    public async Task What_lies_beside_the_folder_is_out_of_reach()
    {
        var reference = Put("busybox.tar");
        File.Move(Path.Combine(folder, "images", "busybox.tar"), Path.Combine(folder, "busybox.tar"));

        await Throws.FaultAsync(FaultCode.Invalid, () => EnsureAsync(reference with { Location = "../busybox.tar" }));
        await Throws.FaultAsync(
            FaultCode.Invalid, () => EnsureAsync(reference with { Location = Path.Combine(folder, "busybox.tar") }));
    }

    [Fact]
    public async Task What_is_no_image_is_invalid()
    {
        var reference = Put("busybox.tar");
        await File.WriteAllBytesAsync(Path.Combine(folder, "images", "busybox.tar"), [1, 2, 3], Ct);

        await Throws.FaultAsync(FaultCode.Invalid, () => EnsureAsync(reference));
    }

    private async Task<Image> EnsureAsync(ImageReference reference) =>
        await machine.Images.EnsureAsync(Machines.PoolName, reference, Digest.Of("holder"u8), Ct);

    private ImageReference Put(string file)
    {
        Directory.CreateDirectory(Path.Combine(folder, "images"));
        var digest = ImageWriter.Write(
            [ImageEntry.File("bin/run", "#!/bin/sh\n", mode: 0x1ed)],
            new ImageConfig { Entrypoint = ["/bin/run", "--flag"] },
            Path.Combine(folder, "images", file),
            ct: Ct);
        return new ImageReference(LocalImages.Scheme, "busybox", digest);
    }
}
