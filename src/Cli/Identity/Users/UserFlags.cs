using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Users;

/// <summary>The options of a user: pairs of flags, and which proofs are enough.</summary>
sealed class UserFlags(Syntax syntax)
{
    private readonly (Option<bool> Yes, Option<bool> No, string Key)[] _flags =
    [
        (syntax.Flag("--ignore-lockout-failure-attempts", "Failed logins do not lock the user out"),
            syntax.Flag("--no-ignore-lockout-failure-attempts", "Failed logins lock the user out"), "ignore_lockout_failure_attempts"),
        (syntax.Flag("--ignore-password-expiry", "The password does not expire"),
            syntax.Flag("--no-ignore-password-expiry", "The password expires"), "ignore_password_expiry"),
        (syntax.Flag("--ignore-change-password-upon-first-use", "The first password may stay"),
            syntax.Flag("--no-ignore-change-password-upon-first-use", "The first password has to be changed"), "ignore_change_password_upon_first_use"),
        (syntax.Flag("--enable-lock-password", "The user may not change the password"),
            syntax.Flag("--disable-lock-password", "The user may change the password"), "lock_password"),
        (syntax.Flag("--enable-multi-factor-auth", "More than one proof is needed"),
            syntax.Flag("--disable-multi-factor-auth", "One proof is enough"), "multi_factor_auth_enabled"),
    ];

    private readonly Option<string[]> _rules =
        syntax.Values("--multi-factor-auth-rule", "<rule>", "Proofs that are enough together: password,totp (repeatable)");

    public void AddTo(JsonObject body, Call call)
    {
        var options = new JsonObject();
        foreach (var (yes, no, key) in _flags)
        {
            if (call.Either(yes, no) is { } value) options[key] = value;
        }

        if (call.Has(_rules))
            options["multi_factor_auth_rules"] = new JsonArray([.. call[_rules].Select(rule => JsonReading.Array(rule.Split(',')))]);
        if (options.Count > 0) body["options"] = options;
    }
}
