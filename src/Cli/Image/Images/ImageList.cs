using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Image.Images;

sealed class ImageList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _public = syntax.FlagIn("which", "--public", "List only public images");
    private readonly Option<bool> _private = syntax.FlagIn("which", "--private", "List only private images");
    private readonly Option<bool> _community = syntax.FlagIn("which", "--community", "List only community images");
    private readonly Option<bool> _shared = syntax.FlagIn("which", "--shared", "List only shared images");
    private readonly Option<bool> _all = syntax.FlagIn("which", "--all", "List all images (admin only)");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Keep images with this property (repeatable)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "Keep images of this name");
    private readonly Option<string?> _status = syntax.Value("--status", "<status>", "Keep images in this status");
    private readonly Option<string?> _memberStatus = syntax.Value("--member-status", "<member-status>",
        "Keep images with this member status", "accepted", "pending", "rejected", "all");
    private readonly ProjectOption _project = new(syntax, "Keep images of this project (name or ID)");
    private readonly Option<string[]> _tags = syntax.Values("--tag", "<tag>", "Keep images with this tag (repeatable)");
    private readonly Option<bool> _hidden = syntax.Flag("--hidden", "List hidden images");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly Option<string?> _sort = syntax.Value("--sort", "<key>[:<direction>]", "Sort by these keys, default: name:asc");
    private readonly Option<string?> _limit = syntax.Value("--limit", "<num-images>", "Most images to list");
    private readonly Option<string?> _marker = syntax.Value("--marker", "<image>", "Begin behind this image (name or ID)");

    public override string Description => "List available images";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        string? visibility = call[_public] ? "public" : call[_private] ? "private" : call[_community] ? "community"
            : call[_shared] ? "shared" : call[_all] ? "all" : null;
        var limit = call.Number(_limit);
        var query = new Query().With("visibility", visibility).With("name", call[_name]).With("status", call[_status])
            .With("member_status", call[_memberStatus]).With("owner", await _project.Id(call, cancellation))
            .WithAll("tag", call[_tags]).With("os_hidden", call[_hidden] ? true : null).With("limit", limit)
            .With("marker", await call.Cloud.FindIdOrNull(Resources.Image, call[_marker], cancellation));
        var images = await call.Cloud.Image.List("/images" + query, "images", cancellation, limit);
        var wanted = call.Pairs(_properties);
        var kept = images.Where(image => wanted.All(pair => image.Text(pair.Key) == pair.Value!.GetValue<string>()));
        return Table.Of(ItemOrder.Sort(kept, call[_sort] ?? "name:asc"), call[_long] ? ImageFields.Long : ImageFields.Short);
    }
}
