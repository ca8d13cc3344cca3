using System.Text.Json.Nodes;

namespace Provision.EndToEnd;

/// <summary>Inventories to compare.</summary>
internal static class InventoryText
{
    /// <summary>The inventory without its images: those that nobody holds are a cache, and may stay.</summary>
    public static string WithoutImages(string inventory)
    {
        var document = JsonNode.Parse(inventory)!.AsObject();
        document.Remove("images");
        return document.ToJsonString();
    }
}
