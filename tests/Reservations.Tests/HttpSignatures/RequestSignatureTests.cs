using System.Text;
using Microsoft.Extensions.Time.Testing;
using Provision.Reservations.Faults;
using Provision.Reservations.HttpSignatures;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Reservations.Tests.HttpSignatures;

/// <summary>Who signed a request, and everything that must not pass for it.</summary>
public sealed class RequestSignatureTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 30, TimeSpan.Zero);
    private static readonly KeyPair Key = KeyPair.FromSeed(new byte[32]);
    private static readonly string[] Covered = ["@method", "@authority", "@path", "@query"];
    private readonly FakeTimeProvider time = new(Now - TimeSpan.FromHours(1));
    private readonly RequestVerifier verifier;

    public RequestSignatureTests()
    {
        verifier = new RequestVerifier(time);
        time.SetUtcNow(Now);
    }

    public static TheoryData<string, Func<RequestParts, RequestParts>> Changes => new()
    {
        { "method", request => request with { Method = "PUT" } },
        { "authority", request => request with { Authority = "other.example:8420" } },
        { "path", request => request with { Path = "/api/v1/Orders" } },
        { "query", request => request with { Query = "?after=2" } },
        { "no query", request => request with { Query = "" } },
        { "body", request => request with { Body = "{} "u8.ToArray() } },
        { "no body", request => request with { Body = default } },
        { "signature", Replace("signature", value => value.Replace("provision=:", "provision=:AAAA", StringComparison.Ordinal)) },
        { "no signature", Replace("signature", _ => null) },
        { "no input", Replace("signature-input", _ => null) },
        { "label", Replace("signature", value => value.Replace("provision", "other", StringComparison.Ordinal)) },
        { "two", Replace("signature-input", value => $"{value}, two={value["provision=".Length..]}") },
        { "unknown algorithm", Replace("signature-input", Exchange("ed25519", "hmac-sha256")) },
        { "key", Replace("signature-input", Exchange(Key.PublicKey.ToString(), KeyPair.Create().PublicKey.ToString())) },
        { "no key", Replace("signature-input", Exchange(";keyid=", ";other=")) },
        { "nonce", Replace("signature-input", Exchange(";nonce=\"", ";nonce=\"0")) },
        { "no nonce", Replace("signature-input", Exchange(";nonce=", ";other=")) },
        { "created", Replace("signature-input", Exchange(Seconds(Now), Seconds(Now.AddSeconds(1)))) },
        { "no created", Replace("signature-input", Exchange(";created=", ";other=")) },
        { "created as text", Replace("signature-input", Exchange($"={Seconds(Now)}", $"=\"{Seconds(Now)}\"")) },
        { "less covered", Replace("signature-input", Exchange(" \"@path\"", "")) },
        { "digest not covered", Replace("signature-input", Exchange(" \"content-digest\"", "")) },
        { "digest", Replace("content-digest", _ => "sha-256=:AAAA:") },
        { "unknown digest", Replace("content-digest", Exchange("sha-256", "md5")) },
        { "torn digest", Replace("content-digest", value => value[..^1]) },
        { "covered twice", Replace("signature-input", Exchange("\"@method\"", "\"@method\" \"@method\"")) },
        { "unknown component", Replace("signature-input", Exchange("\"@method\"", "\"@method\" \"@status\"")) },
        { "missing field", Replace("signature-input", Exchange("\"@method\"", "\"@method\" \"date\"")) },
        { "component with parameters", Replace("signature-input", Exchange("\"@method\"", "\"@method\";req")) },
        { "endless", Replace("signature-input", value => value + new string(' ', 5000)) },
        { "text", Replace("signature-input", _ => "hello world") },
    };

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "{}")]
    public void Who_signed_a_request_is_known(string method, string body) =>
        Assert.Equal(Key.PublicKey, verifier.Verify(Signed(Now, method, body)));

    [Fact]
    public void Who_signed_nothing_is_nobody() => Assert.Null(verifier.Verify(Signed(Now) with { Field = _ => null }));

    [Theory]
    [MemberData(nameof(Changes))]
    public void Whatever_is_changed_is_refused(string what, Func<RequestParts, RequestParts> change)
    {
        var signed = Signed(Now, "POST", "{}");
        var fault = Assert.Throws<FaultException>(() => verifier.Verify(change(signed))).Fault;
        Assert.True(fault.Code == FaultCode.BadSignature, $"{what}: {fault}");
        Assert.NotEmpty(fault.Remedy!);
        Assert.Equal(Key.PublicKey, verifier.Verify(signed));
    }

    [Theory]
    [InlineData(-61)]
    [InlineData(61)]
    [InlineData(-3600)]
    public void Old_and_future_ones_are_refused(int seconds)
    {
        var fault = Assert.Throws<FaultException>(() => verifier.Verify(Signed(Now.AddSeconds(seconds)))).Fault;
        Assert.Equal(FaultCode.BadSignature, fault.Code);
        Assert.Contains("clock", fault.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public void A_minute_is_forgiven_but_nothing_is_taken_twice(int seconds)
    {
        var request = Signed(Now.AddSeconds(seconds));
        Assert.Equal(Key.PublicKey, verifier.Verify(request));
        for (var i = 0; i < 130; i++)
        {
            Assert.Throws<FaultException>(() => verifier.Verify(request));
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData("", "@method", "@authority", "@path")]
    [InlineData("", "@method", "@authority", "@query")]
    [InlineData("", "@method", "@path", "@query")]
    [InlineData("", "@authority", "@path", "@query")]
    [InlineData("", "@method", "@method", "@authority", "@path", "@query")]
    [InlineData("{}", "@method", "@authority", "@path", "@query")]
    public void A_good_signature_over_too_little_or_the_same_twice_is_refused(string body, params string[] covered)
    {
        var fault = Assert.Throws<FaultException>(() => verifier.Verify(SignedOver(body, covered))).Fault;
        Assert.Equal(FaultCode.BadSignature, fault.Code);
        Assert.Matches("cover|twice", fault.What);
    }

    [Theory]
    [InlineData("created=NOW", "", "nonce")]
    [InlineData("created=NOW", "nonce=\"123456789012345\"", "nonce")]
    [InlineData("created=NOW", "nonce=\"LONG\"", "nonce")]
    [InlineData("created=NOW", "nonce=123456789012345", "nonce")]
    [InlineData("", "NONCE", "created")]
    [InlineData("created=\"NOW\"", "NONCE", "created")]
    [InlineData("created=-1", "NONCE", "created")]
    [InlineData("created=100000000000000", "NONCE", "created")]
    [InlineData("created=NOW", "NONCE;expires=\"1\"", "expires")]
    [InlineData("created=NOW", "NONCE;expires=-5", "expires")]
    [InlineData("created=NOW", "NONCE;expires=1", "good until")]
    [InlineData("created=NOW", "NONCE;alg=ed25519", "alg")]
    [InlineData("created=NOW", "NONCE;alg=\"hmac-sha256\"", "algorithm")]
    public void A_good_signature_that_says_too_little_or_nonsense_of_itself_is_refused(string created, string more, string why)
    {
        string[] parameters = [created, $"keyid=\"{Key.PublicKey}\"", more];
        var request = SignedWith(string.Join(';', parameters.Where(text => text.Length > 0)));
        var fault = Assert.Throws<FaultException>(() => verifier.Verify(request)).Fault;
        Assert.Equal(FaultCode.BadSignature, fault.Code);
        Assert.Contains(why, fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void With_all_that_it_has_to_say_the_same_is_taken() => Assert.Equal(
        Key.PublicKey, verifier.Verify(SignedWith($"created=NOW;keyid=\"{Key.PublicKey}\";NONCE;alg=\"ed25519\"")));

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public void A_clock_that_is_set_here_locks_nobody_out(int seconds)
    {
        var fresh = new SetClock(Now);
        var checking = new RequestVerifier(fresh);
        fresh.Set(Now.AddSeconds(seconds));
        Assert.Equal(Key.PublicKey, checking.Verify(Signed(Now.AddSeconds(seconds))));
    }

    [Fact]
    public void More_than_can_be_remembered_are_refused_until_there_is_room()
    {
        var nonces = new SeenNonces(TimeSpan.FromMinutes(1), 2);
        Assert.True(nonces.TryAdd("one", Now));
        Assert.False(nonces.TryAdd("one", Now));
        Assert.True(nonces.TryAdd("two", Now.AddSeconds(30)));
        var fault = Assert.Throws<FaultException>(() => nonces.TryAdd("three", Now.AddSeconds(31))).Fault;
        Assert.Equal(FaultCode.Unavailable, fault.Code);
        Assert.True(nonces.TryAdd("three", Now.AddSeconds(61)));
        Assert.False(nonces.TryAdd("two", Now.AddSeconds(61)));
    }

    [Fact]
    public void What_was_signed_before_the_start_is_refused()
    {
        var request = Signed(Now);
        time.SetUtcNow(Now.AddSeconds(2));
        var fault = Assert.Throws<FaultException>(() => new RequestVerifier(time).Verify(request)).Fault;
        Assert.Contains("started", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_expires_is_good_until_then()
    {
        var request = Replace("signature-input", value => value)(Signed(Now));
        var expiring = Resign(request, $";expires={Seconds(Now.AddSeconds(5))}");
        Assert.Equal(Key.PublicKey, verifier.Verify(expiring));
        var late = Resign(request, $";expires={Seconds(Now.AddSeconds(-1))};other");
        Assert.Throws<FaultException>(() => verifier.Verify(late));
    }

    [Fact]
    public void Others_may_write_the_fields_in_another_way()
    {
        var nonce = new string('a', 16);
        var input = "(\"@query\"  \"@path\" \"@method\" \"@authority\" )"
            + $";created=0{Seconds(Now)}; nonce=\"{nonce}\";keyid=\"{Key.PublicKey}\";b;c=?1;t=w/x";
        var request = Signed(Now) with { Query = "" };
        var text = "\"@query\": ?\n\"@path\": /api/v1/orders\n\"@method\": GET\n\"@authority\": explorer.example:8420\n"
            + "\"@signature-params\": (\"@query\" \"@path\" \"@method\" \"@authority\")"
            + $";created={Seconds(Now)};nonce=\"{nonce}\";keyid=\"{Key.PublicKey}\";b;c;t=w/x";
        var signature = Key.Sign(Encoding.ASCII.GetBytes(text));
        Assert.Equal(Key.PublicKey, verifier.Verify(request with
        {
            Field = name => name switch
            {
                "signature-input" => $"  s1={input}  ",
                "signature" => $"s1=:{signature}:",
                _ => null,
            },
        }));
    }

    private static RequestParts Signed(DateTimeOffset at, string method = "GET", string body = "")
    {
        var request = new RequestParts(
            method, "explorer.example:8420", "/api/v1/orders", "?after=1", _ => null, Encoding.UTF8.GetBytes(body));
        var fields = new RequestSigner(Key).Sign(request, at).ToDictionary(field => field.Key.ToLowerInvariant(), field => field.Value);
        return request with { Field = fields.GetValueOrDefault };
    }

    private static RequestParts Resign(RequestParts request, string more)
    {
        var input = request.Field("signature-input")!;
        return SignedBy(request, Covered, input[(input.IndexOf(')', StringComparison.Ordinal) + 2)..] + more);
    }

    private static RequestParts SignedOver(string body, IReadOnlyList<string> covered) => SignedBy(
        Signed(Now, "POST", body), covered, $"created={Seconds(Now)};keyid=\"{Key.PublicKey}\";nonce=\"{new string('a', 16)}\"");

    private static RequestParts SignedWith(string parameters) => SignedBy(Signed(Now), Covered, parameters
        .Replace("NOW", Seconds(Now), StringComparison.Ordinal)
        .Replace("NONCE", "nonce=\"1234567890123456\"", StringComparison.Ordinal)
        .Replace("LONG", new string('n', 65), StringComparison.Ordinal));

    private static RequestParts SignedBy(RequestParts request, IReadOnlyList<string> covered, string parameters)
    {
        var input = $"({string.Join(' ', covered.Select(name => $"\"{name}\""))});{parameters}";
        var lines = covered.Select(name => $"\"{name}\": " + name switch
        {
            "@method" => request.Method,
            "@authority" => request.Authority,
            "@path" => request.Path,
            _ => request.Query,
        });
        var signature = Key.Sign(Encoding.ASCII.GetBytes($"{string.Join('\n', lines)}\n\"@signature-params\": {input}"));
        return request with { Field = name => name == "signature-input" ? $"x={input}" : name == "signature" ? $"x=:{signature}:" : null };
    }

    private static Func<RequestParts, RequestParts> Replace(string field, Func<string, string?> change) => request =>
        request with { Field = name => request.Field(name) is { } value && name == field ? change(value) : request.Field(name) };

    private static Func<string, string?> Exchange(string what, string by) => value =>
    {
        Assert.Contains(what, value, StringComparison.Ordinal);
        return value.Replace(what, by, StringComparison.Ordinal);
    };

    // Somebody sets the wall clock: less than a second passed.
    private sealed class SetClock(DateTimeOffset now) : TimeProvider
    {
        private DateTimeOffset now = now;

        public void Set(DateTimeOffset to) => now = to;

        public override DateTimeOffset GetUtcNow() => now;
    }

    private static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
}
