using System.Runtime.InteropServices;
using Cumulet.Qemu.Native;

namespace Cumulet.Qemu.Launch;

/// <summary>Starts a program in a session of its own with exactly the descriptors given at the numbers given.</summary>
internal static unsafe class Spawn
{
    private const short SetSigdef = 0x04, SetSigmask = 0x08, SetSid = 0x80;

    // Sources are moved above every target first, so that no dup2 overwrites one that is still to come.
    private const int Above = 600;

    public static int Start(string path, IReadOnlyList<string> argv, IReadOnlyList<string> environment, IReadOnlyList<(int From, int To)> descriptors)
    {
        byte* actions = stackalloc byte[512], attributes = stackalloc byte[1024], signals = stackalloc byte[128], none = stackalloc byte[128];
        new Span<byte>(none, 128).Clear();
        _ = Libc.Sigfillset(signals);
        Check(Libc.SpawnFileActionsInit(actions), "posix_spawn_file_actions_init");
        Check(Libc.SpawnAttrInit(attributes), "posix_spawnattr_init");
        var moved = new List<int>();
        try
        {
            foreach (var (from, to) in descriptors)
            {
                var high = Libc.Fcntl(from, Libc.FDupfdCloexec, Above);
                if (high < 0)
                    throw Libc.Failure($"fcntl(F_DUPFD_CLOEXEC, {from})");
                moved.Add(high);
                Check(Libc.SpawnFileActionsAddDup2(actions, high, to), "posix_spawn_file_actions_adddup2");
            }
            Check(Libc.SpawnAttrSetFlags(attributes, SetSid | SetSigmask | SetSigdef), "posix_spawnattr_setflags");
            Check(Libc.SpawnAttrSetSigmask(attributes, none), "posix_spawnattr_setsigmask");
            Check(Libc.SpawnAttrSetSigdefault(attributes, signals), "posix_spawnattr_setsigdefault");
            using var file = new CStrings([path]);
            using var arguments = new CStrings(argv);
            using var variables = new CStrings(environment);
            int pid;
            Check(Libc.PosixSpawn(&pid, file.First, actions, attributes, arguments.Array, variables.Array), $"posix_spawn {path}");
            return pid;
        }
        finally
        {
            foreach (var fd in moved)
                _ = Libc.Close(fd);
            _ = Libc.SpawnFileActionsDestroy(actions);
            _ = Libc.SpawnAttrDestroy(attributes);
        }
    }

    private static void Check(int error, string action)
    {
        if (error != 0)
            throw Libc.Failure(action, error);
    }
}

/// <summary>A null-terminated array of C strings.</summary>
internal sealed unsafe class CStrings : IDisposable
{
    private readonly int _count;

    public CStrings(IReadOnlyList<string> values)
    {
        _count = values.Count;
        Array = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < _count; i++)
            Array[i] = (byte*)Marshal.StringToCoTaskMemUTF8(values[i]);
    }

    public byte** Array { get; }

    public byte* First => Array[0];

    public void Dispose()
    {
        for (var i = 0; i < _count; i++)
            Marshal.FreeCoTaskMem((nint)Array[i]);
        NativeMemory.Free(Array);
    }
}
