using Provision.Simulation;

// With --seed or --seeds it runs seeds; without, it is a test project like any other.
return Commands.Knows(args)
    ? Commands.Run(args, Console.Out)
    : await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
        args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
