using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Identity;

/// <summary>Files whose text goes to the service: policy rules, filters of an endpoint group.</summary>
static class TextFile
{
    public static string Read(Call call, string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(call.Terminal.Folder, path)).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandError($"Error occurred trying to read from file {path}");
        }
    }

    public static JsonNode? ReadJson(Call call, string path)
    {
        try
        {
            return JsonNode.Parse(Read(call, path));
        }
        catch (System.Text.Json.JsonException error)
        {
            throw new CommandError($"An error occurred when reading filters from file {path}: {error.Message}");
        }
    }
}
