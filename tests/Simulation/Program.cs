using System.Globalization;
using Provision.Simulation;

// With --seed N [--seeds COUNT] it replays; without, it is a test project like any other.
if (args is not ["--seed", var text, ..])
{
    return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
        args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}

var first = int.Parse(text, CultureInfo.InvariantCulture);
var count = args is [_, _, "--seeds", var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 1;
for (var seed = first; seed < first + count; seed++)
{
    Console.WriteLine(Seed.Run(seed).Summary);
}

return 0;
