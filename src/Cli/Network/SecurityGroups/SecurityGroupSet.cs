using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.SecurityGroups;

sealed class SecurityGroupSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Argument<string> _group = syntax.Argument("<group>", "Security group to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<new-name>", "New name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");
    private readonly Option<bool> _stateful = syntax.FlagIn("state", "--stateful", "Answers to what was let through pass");
    private readonly Option<bool> _stateless = syntax.FlagIn("state", "--stateless", "Every packet is judged alone");
    private readonly Tags _tags = new(syntax, Resources.SecurityGroup, TagUse.Set);

    public override string Description => "Set security group properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var group = await call.Cloud.Find(Resources.SecurityGroup, call[_group], cancellation);
        var body = new JsonObject().With("name", call[_name]).With("description", call[_description])
            .With("stateful", call.Either(_stateful, _stateless));
        _extra.AddTo(body, call);
        if (body.Count > 0)
            await call.Cloud.Network.Put("/security-groups/" + group.Id(), new JsonObject { ["security_group"] = body }, cancellation);
        await _tags.Apply(call, group, cancellation);
    }
}
