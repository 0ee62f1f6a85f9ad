namespace Cumulet.Commands;

/// <summary>What a command prints when it cannot: one line on stderr that says what to do.</summary>
internal static class Failing
{
    public static async Task<int> InOneLine(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (CommandFailedException failed)
        {
            Console.Error.WriteLine($"cumulet: {failed.Message}");
            return 1;
        }
        catch (IOException wrong)
        {
            Console.Error.WriteLine($"cumulet: {wrong.Message}");
            return 1;
        }
        catch (UnauthorizedAccessException denied)
        {
            Console.Error.WriteLine($"cumulet: {denied.Message} Run it as root, or name a folder of your own with --state.");
            return 1;
        }
    }
}

/// <summary>The program's version.</summary>
internal static class Versions
{
    public static string Own => typeof(Versions).Assembly.GetName().Version!.ToString(3);
}
