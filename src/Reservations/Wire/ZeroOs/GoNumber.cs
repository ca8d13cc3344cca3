using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>Floating numbers and values of any shape as Go's encoding/json writes them.</summary>
internal static class GoNumber
{
    /// <summary>The shortest digits that mean this number; with an exponent below 1e-6 and from 1e21 on.</summary>
    public static string Format(double number)
    {
        var text = number.ToString("E16", CultureInfo.InvariantCulture);
        foreach (var precision in Enumerable.Range(0, 17))
        {
            var shorter = number.ToString($"E{precision}", CultureInfo.InvariantCulture);
            if (double.Parse(shorter, CultureInfo.InvariantCulture) == number)
            {
                text = shorter;
                break;
            }
        }

        var parts = text.TrimStart('-').Split('E');
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        var exponent = int.Parse(parts[1], CultureInfo.InvariantCulture);
        var sign = double.IsNegative(number) ? "-" : "";
        if (number != 0 && exponent is < -6 or >= 21)
        {
            var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}");
        }

        return sign + (exponent < 0
            ? $"0.{new string('0', -exponent - 1)}{digits}"
            : digits.Length <= exponent + 1
                ? digits.PadRight(exponent + 1, '0')
                : $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}");
    }

    /// <summary>Writes a value of any shape: keys sorted, the last of equal ones, numbers as floating ones.</summary>
    public static void WriteAny(StringBuilder json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new Dictionary<string, object?>(StringComparer.Ordinal);
                foreach (var property in value.EnumerateObject())
                {
                    map[GoReader.NameOf(property)] = property.Value;
                }

                GoTypes.Map.Write(json, map);
                break;
            case JsonValueKind.Array:
                GoTypes.Values.Write(json, value.EnumerateArray().Select(item => (object?)item).ToList());
                break;
            case JsonValueKind.String:
                GoText.Write(json, GoReader.TextOf(value)!);
                break;
            case JsonValueKind.Number:
                json.Append(Format(value.GetDouble()));
                break;
            default:
                json.Append(value.GetRawText());
                break;
        }
    }
}
