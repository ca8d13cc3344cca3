using Provision.Machine.Images;
using Provision.Reservations;
using Xunit;

namespace Provision.Images.Tests;

public sealed class ImageReferenceTests
{
    private static readonly Digest Digest = Digest.Of("image"u8);

    [Theory]
    [InlineData("local:busybox", "local", "busybox")]
    [InlineData("https://example.org:8443/a/b.tar?c=d@e", "https", "//example.org:8443/a/b.tar?c=d@e")]
    public void It_is_scheme_place_and_digest(string place, string scheme, string location)
    {
        Assert.True(ImageReference.TryParse($"{place}@sha256:{Digest}", out var reference));
        Assert.Equal(new ImageReference(scheme, location, Digest), reference);
        Assert.Equal($"{place}@sha256:{Digest}", reference.ToString());
    }

    [Theory]
    [InlineData("local:busybox")]
    [InlineData("local:busybox@sha256:00")]
    [InlineData("busybox@sha256:DIGEST")]
    [InlineData(":busybox@sha256:DIGEST")]
    [InlineData("local:@sha256:DIGEST")]
    [InlineData("LOCAL:busybox@sha256:DIGEST")]
    [InlineData("local:busy box@sha256:DIGEST")]
    [InlineData("local:busybox@sha256:DIGEST ")]
    [InlineData("local:busybox\n@sha256:DIGEST")]
    [InlineData("@sha256:DIGEST")]
    [InlineData("")]
    [InlineData(null)]
    public void Anything_else_is_none(string? text) =>
        Assert.False(ImageReference.TryParse(text?.Replace("DIGEST", Digest.ToString(), StringComparison.Ordinal), out _));
}
