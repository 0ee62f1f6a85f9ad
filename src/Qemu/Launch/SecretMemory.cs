using System.Text;
using Cumulet.Qemu.Native;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Qemu.Launch;

/// <summary>
/// Secrets of a launch as files that exist in memory only and that QEMU alone may open, by the numbers of their
/// descriptors. Once QEMU has read them they are emptied: the descriptors that it keeps then hold nothing.
/// </summary>
internal sealed unsafe class SecretMemory : IDisposable
{
    private readonly List<SafeFileHandle> _files = [];

    /// <param name="uid">As whom QEMU runs; null is as us.</param>
    public SafeFileHandle Make(LayerSecret secret, uint? uid)
    {
        const int Cloexec = 1;
        ReadOnlySpan<byte> name = "key\0"u8;
        int fd;
        fixed (byte* start = name)
            fd = Libc.MemfdCreate(start, Cloexec);
        if (fd < 0)
            throw Libc.Failure("memfd_create");
        var file = new SafeFileHandle(fd, ownsHandle: true);
        _files.Add(file);
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(secret.Passphrase), 0);
        if (Libc.Fchmod(fd, 0x100) < 0) // 0400
            throw Libc.Failure("fchmod");
        if (uid is { } user && Environment.IsPrivilegedProcess && Libc.Fchown(fd, user, user) < 0)
            throw Libc.Failure("fchown");
        return file;
    }

    public void Dispose()
    {
        foreach (var file in _files)
        {
            RandomAccess.SetLength(file, 0);
            file.Dispose();
        }
        _files.Clear();
    }
}
