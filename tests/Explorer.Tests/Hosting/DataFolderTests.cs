using Provision.Explorer.Hosting;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Explorer.Tests.Hosting;

public sealed class DataFolderTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void A_new_folder_is_private_and_says_its_address_only_while_it_is_held()
    {
        var path = temp.Path("data");
        using (var folder = DataFolder.Open(path))
        {
            Assert.Equal(Private, File.GetUnixFileMode(path));
            folder.WriteAddress("http://127.0.0.1:1");
            Assert.Equal("http://127.0.0.1:1", File.ReadAllText(Path.Combine(path, "address")));
        }

        Assert.False(File.Exists(Path.Combine(path, "address")));
    }

    [Fact]
    public void Two_explorers_do_not_share_a_folder()
    {
        using var first = DataFolder.Open(temp.Path("data"));
        Assert.Equal(FaultCode.Conflict, Assert.Throws<FaultException>(() => DataFolder.Open(temp.Path("data"))).Fault.Code);
    }

    [Fact]
    public void An_empty_folder_is_made_private_and_somebody_elses_is_refused()
    {
        const UnixFileMode open = Private | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        Directory.CreateDirectory(temp.Path("empty"), open);
        DataFolder.Open(temp.Path("empty")).Dispose();
        Assert.Equal(Private, File.GetUnixFileMode(temp.Path("empty")));

        Directory.CreateDirectory(temp.Path("full"), open);
        File.WriteAllText(temp.Path("full/letter"), "dear");
        Assert.Equal(FaultCode.Denied, Assert.Throws<FaultException>(() => DataFolder.Open(temp.Path("full"))).Fault.Code);
        Assert.Equal(open, File.GetUnixFileMode(temp.Path("full")));
    }

    [Theory]
    [InlineData("http://127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("http://localhost:80", "127.0.0.1:80")]
    [InlineData("http://[::1]:80", "[::1]:80")]
    public void Addresses_are_read(string text, string expected) => Assert.Equal(expected, ListenAddress.Parse(text).ToString());

    [Theory]
    [InlineData("https://127.0.0.1:1")]
    [InlineData("127.0.0.1:1")]
    [InlineData("http://example.com:1")]
    [InlineData("http://127.0.0.1:1/path")]
    public void What_is_no_address_is_refused(string text) =>
        Assert.Equal(FaultCode.Invalid, Assert.Throws<FaultException>(() => ListenAddress.Parse(text)).Fault.Code);
}
