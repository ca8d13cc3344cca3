using System.Text;
using System.Text.Json;
using Provision.Machine.Images;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Shared;
using Provision.Provisioning.Tests.Journal;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Provision.Workloads;
using Xunit;
using Decoder = Provision.Reservations.Tests.Fuzz.Decoder;

namespace Provision.Provisioning.Tests.Fuzz;

/// <summary>What a node reads of strangers and of its own disk, given bytes that came to harm.</summary>
public sealed class NodeFuzzTests
{
    private const long Sample = 10_000;
    private const long Many = 200_000;

    private static readonly IReadOnlyList<byte[]> Lines = [.. StoryJournal.Instance.Lines.Select(line => line.ToArray())];

    // What users write of each kind, and steps as journals keep them.
    private static readonly Dictionary<string, string[]> Kinds = new()
    {
        ["volume"] = ["""{"size":10,"type":"SSD"}""", """{"step":"ensure-volume","pool":"p","owner":"","limit":1}"""],
        ["network"] =
        [
            """{"name":"web","ip_range":"10.1.0.0/16","net_resources":[{"node_id":"","subnet":"10.1.1.0/24","peers":null}]}""",
            """{"step":"ensure-network","network":"XVovHV2KjwWar","owner":"","version":1,"subnet":"10.1.1.0/24","gateway":"10.1.1.1"}""",
        ],
        ["container"] =
        [
            $$"""
            {"flist":"{{NodeWorld.Image}}","env":{"A":"b"},"secret_env":{},"entrypoint":"sh -c 'a \"b\"'","interactive":false,
            "mounts":[{"volume_id":"1-1","mountpoint":"/a/b"}],"capacity":{"cpu":1,"memory":64,"disk":100},
            "network":{"network_id":"web","ips":["10.1.1.2"],"public_ip6":false} }
            """,
            """{"step":"ensure-image","pool":"p","owner":"","image":"local:a"}""",
        ],
    };

    private static readonly IReadOnlyList<Decoder> Decoders =
    [
        new("journal line", Lines, ReadLine),
        new("journal entry", Lines, ReadEntry),
        new("texts of a node", [Encoding.UTF8.GetBytes(NodeWorld.Image.ToString()), "network/XVovHV2KjwWar"u8.ToArray()], ReadTexts),
        .. WorkloadCatalog.All.Select(module =>
            new Decoder(module.Kind, [.. Kinds[module.Kind].Select(Encoding.UTF8.GetBytes)], document => Read(module, document))),
    ];

    [Fact]
    public void A_node_takes_or_refuses_what_came_to_harm() => Decoder.Fuzz(Decoders, Decoder.Inputs(Sample));

    [Fact]
    [Trait("Tier", "long")]
    public void A_node_takes_or_refuses_many_documents() => Decoder.Fuzz(Decoders, Decoder.Inputs(Many));

    private static void ReadLine(byte[] document)
    {
        _ = JournalLine.GuessOrders(document);
        foreach (var line in JournalReader.SplitLines(document))
        {
            JournalLine.Read(line);
        }
    }

    // Past the checksum, which else would keep everything out.
    private static void ReadEntry(byte[] document)
    {
        var entry = StrictJson.Read(StrictJson.Parse(document), "journal entry", form =>
        {
            _ = (form.Text("crc"), form.Text("order"), form.Int64("n"), form.Text("at"));
            return EntryJson.Read(form);
        });
        Assert.NotEmpty(CanonicalJson.Build(writer =>
        {
            writer.WriteStartObject();
            EntryJson.Write(writer, entry);
            writer.WriteEndObject();
        }).Text);
    }

    private static void Read(IWorkloadModule module, byte[] document)
    {
        var element = StrictJson.Parse(document);
        var problems = module.Validate(CanonicalJson.Of(element));
        Assert.All(problems, problem => Assert.StartsWith("/reservation/data", problem.Pointer, StringComparison.Ordinal));
        if (problems.Count == 0)
        {
            module.Units(CanonicalJson.Of(element));
        }

        ReadStep(module, element);
    }

    private static void ReadStep(IWorkloadModule module, JsonElement element)
    {
        try
        {
            module.WriteStep(module.ReadStep(element));
        }
        catch (FaultException e)
        {
            Assert.Equal(FaultCode.DataLoss, e.Fault.Code);
        }
    }

    private static void ReadTexts(byte[] document)
    {
        var text = Encoding.UTF8.GetString(document);
        Assert.True(!SharedName.TryParse(text, out var name) || name.ToString() == text);
        Assert.True(!ImageReference.TryParse(text, out var image) || ImageReference.TryParse(image.ToString(), out _));
    }
}
