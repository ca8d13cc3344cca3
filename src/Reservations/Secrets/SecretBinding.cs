namespace Provision.Reservations.Secrets;

/// <summary>
/// What a secret belongs to. It is sealed together with the secret, so that a sealed value that somebody copies into an order of his
/// own, or into another field, does not open.
/// </summary>
/// <param name="User">Who ordered.</param>
/// <param name="Kind">The kind of workload.</param>
/// <param name="Field">The place of the field below <c>data</c>, such as <c>/secret_env/PASSWORD</c>.</param>
/// <param name="Nonce">The nonce of the order; empty for an order of version 1, whose secrets are bound to nothing.</param>
public sealed record SecretBinding(UserId User, string Kind, string Field, string Nonce);
