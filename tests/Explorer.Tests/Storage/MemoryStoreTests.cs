using Provision.Explorer.Storage;
using Provision.Explorer.Storage.Memory;

namespace Provision.Explorer.Tests.Storage;

public sealed class MemoryStoreTests : StoreContract
{
    protected override IStore Store { get; } = new MemoryStore("epoch");
}
