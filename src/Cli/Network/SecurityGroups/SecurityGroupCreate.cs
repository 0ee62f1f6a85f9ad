using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.SecurityGroups;

sealed class SecurityGroupCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Argument<string> _name = syntax.Argument("<name>", "New security group name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly ProjectOption _project = new(syntax, "Owner's project (name or ID)");
    private readonly Option<bool> _stateful = syntax.FlagIn("state", "--stateful", "Answers to what was let through pass (default)");
    private readonly Option<bool> _stateless = syntax.FlagIn("state", "--stateless", "Every packet is judged alone");
    private readonly Tags _tags = new(syntax, Resources.SecurityGroup, TagUse.Create);

    public override string Description => "Create a new security group";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject { ["name"] = call[_name], ["description"] = call[_description] ?? call[_name] };
        body.With("stateful", call.Either(_stateful, _stateless)).With("project_id", await _project.Id(call, cancellation));
        _extra.AddTo(body, call);
        var answer = await call.Cloud.Network.Post("/security-groups", new JsonObject { ["security_group"] = body }, cancellation);
        var group = answer["security_group"]!.AsObject();
        await _tags.Apply(call, group, cancellation);
        return SecurityGroupFields.Show(group);
    }
}
