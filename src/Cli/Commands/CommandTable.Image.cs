using Cumulet.Cli.Image.Images;
using Cumulet.Cli.Image.Members;

namespace Cumulet.Cli.Commands;

static partial class CommandTable
{
    private static readonly CommandEntry[] Image =
    [
        new("image add project", syntax => new ImageAddProject(syntax)),
        new("image create", syntax => new ImageCreate(syntax)),
        new("image delete", syntax => new ImageDelete(syntax)),
        new("image list", syntax => new ImageList(syntax)),
        new("image member list", syntax => new ImageMemberList(syntax)),
        new("image remove project", syntax => new ImageRemoveProject(syntax)),
        new("image save", syntax => new ImageSave(syntax)),
        new("image set", syntax => new ImageSet(syntax)),
        new("image show", syntax => new ImageShow(syntax)),
        new("image unset", syntax => new ImageUnset(syntax)),
    ];
}
