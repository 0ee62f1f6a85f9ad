using System.Runtime.InteropServices;
using System.Text;
using Cumulet.Qemu.CommandLine;
using Cumulet.Qemu.Native;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Qemu.Launch;

/// <summary>
/// Holds what a launch passes on, open for as short as can be: QEMU's image locks belong to the open file description,
/// so a copy kept here would hold them beyond the death of QEMU.
/// </summary>
internal sealed class OpenDescriptors : IDisposable
{
    private readonly List<(SafeHandle Handle, int To)> _open = [];
    private readonly List<(SafeHandle Handle, int To)> _kept = [];
    private readonly HashSet<string> _buffered = [];

    private OpenDescriptors() { }

    /// <summary>Purposes whose files refuse O_DIRECT.</summary>
    public IReadOnlySet<string> Buffered => _buffered;

    public IReadOnlyList<(int From, int To)> Pairs =>
        [.. _open.Concat(_kept).Select(open => ((int)open.Handle.DangerousGetHandle(), open.To))];

    /// <param name="secrets">Makes the files of secrets and keeps them; they are its to close.</param>
    /// <param name="uid">As whom QEMU runs.</param>
    public static OpenDescriptors Open(DescriptorLayout layout, VmSpec spec, string qmpSocketPath, SecretMemory secrets, uint? uid)
    {
        var all = new OpenDescriptors();
        try
        {
            foreach (var passed in layout.All)
            {
                if (passed.Source is DescriptorSource.Memory memory)
                {
                    all._kept.Add((secrets.Make(memory.Secret, uid), passed.Number));
                    continue;
                }
                var handle = passed.Source is { } source
                    ? DescriptorOpening.Open(source, passed.Access)
                    : UnixListener.Listen(passed.Purpose == "qmp" ? qmpSocketPath : spec.Console!.SocketPath!);
                all._open.Add((handle, passed.Number));
                if (passed.Access is DescriptorAccess.Read or DescriptorAccess.ReadWrite && !DescriptorOpening.TakesDirect(handle))
                    all._buffered.Add(passed.Purpose);
            }
            return all;
        }
        catch
        {
            all.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var (handle, _) in _open)
            handle.Dispose();
    }
}

internal static class DescriptorOpening
{
    public static SafeHandle Open(DescriptorSource source, DescriptorAccess access)
    {
        if (source is DescriptorSource.Handle { Descriptor: var given })
            return given.IsClosed || given.IsInvalid ? throw new IOException("a descriptor for QEMU is closed already: open it anew for each launch") : given;
        var path = ((DescriptorSource.File)source).Path;
        var flags = Libc.OCloexec | access switch
        {
            DescriptorAccess.Append => Libc.OWronly | Libc.OAppend | Libc.OCreat,
            DescriptorAccess.ReadWrite or DescriptorAccess.Given => Libc.ORdwr,
            _ => Libc.ORdonly,
        };
        var fd = Libc.Open(path, flags, 0x180); // 0600
        return fd < 0 ? throw Libc.Failure($"open {path}") : new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>Some file systems (tmpfs before 6.6) refuse O_DIRECT; the kernel is asked by setting it. QEMU sets what it wants itself.</summary>
    public static bool TakesDirect(SafeHandle handle)
    {
        var fd = (int)handle.DangerousGetHandle();
        var flags = Libc.Fcntl(fd, Libc.FGetfl, 0);
        return flags >= 0 && Libc.Fcntl(fd, Libc.FSetfl, flags | Libc.ODirect) == 0 && Libc.Fcntl(fd, Libc.FSetfl, flags) == 0;
    }
}

internal static unsafe class UnixListener
{
    /// <summary>A listening socket that only our user can reach. Raw, because .NET removes the file when it closes its copy.</summary>
    public static SafeHandle Listen(string path)
    {
        var name = Encoding.UTF8.GetBytes(path);
        if (name.Length > 107)
            throw new ArgumentException($"the socket path '{path}' has {name.Length} bytes: use at most 107");
        File.Delete(path);
        var fd = Libc.Socket(Libc.AfUnix, Libc.SockStream | Libc.SockCloexec, 0);
        if (fd < 0)
            throw Libc.Failure("socket");
        var handle = new SafeFileHandle(fd, ownsHandle: true);
        var address = stackalloc byte[110];
        new Span<byte>(address, 110).Clear();
        *(ushort*)address = Libc.AfUnix;
        name.CopyTo(new Span<byte>(address + 2, 108));
        // Nobody can connect between bind and chmod: it does not listen yet.
        if (Libc.Bind(fd, address, 110) < 0 || Libc.Chmod(path, 0x180) < 0 || Libc.Listen(fd, 1) < 0)
        {
            var failure = Libc.Failure($"listen on {path}");
            handle.Dispose();
            throw failure;
        }
        return handle;
    }
}
