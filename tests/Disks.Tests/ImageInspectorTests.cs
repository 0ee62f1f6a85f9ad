using System.Diagnostics;
using System.Text;
using Cumulet.Disks.Inspection;

namespace Cumulet.Disks.Tests;

public sealed class ImageInspectorTests(Corpus corpus) : IClassFixture<Corpus>
{
    public static TheoryData<DiskFormat> Formats => [DiskFormat.Qcow2, DiskFormat.Vmdk, DiskFormat.Vdi, DiskFormat.Vhd, DiskFormat.Vhdx];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Inspect_accepts_what_qemu_img_makes(DiskFormat format) =>
        Assert.Equal(new Verdict.Accepted(format, 2 << 20), Corpus.Inspect(format, corpus.Good[format]));

    [Theory]
    [InlineData("qcow2", DiskFormat.Qcow2, "compat=0.10")]
    [InlineData("qcow2", DiskFormat.Qcow2, "extended_l2=on,cluster_size=128k")]
    [InlineData("qcow2", DiskFormat.Qcow2, "cluster_size=512")]
    [InlineData("qcow2", DiskFormat.Qcow2, "compression_type=zstd")]
    [InlineData("qcow2", DiskFormat.Qcow2, "preallocation=metadata")]
    [InlineData("vmdk", DiskFormat.Vmdk, "subformat=streamOptimized")]
    [InlineData("vdi", DiskFormat.Vdi, "static=on")]
    [InlineData("vpc", DiskFormat.Vhd, "subformat=fixed,force_size=on")]
    [InlineData("vhdx", DiskFormat.Vhdx, "subformat=fixed")]
    public void Inspect_accepts_the_variants(string driver, DiskFormat format, string options) =>
        Assert.Equal(new Verdict.Accepted(format, 2 << 20), Corpus.Inspect(format, corpus.Convert(driver, options)));

    [Theory]
    [MemberData(nameof(Formats))]
    public void Inspect_refuses_a_known_format_declared_as_another(DiskFormat format)
    {
        Assert.Contains($"the bytes are {format.Name()}", Corpus.Refusal(DiskFormat.Raw, corpus.Good[format]), StringComparison.Ordinal);
        Assert.Contains("the bytes are raw", Corpus.Refusal(format, new byte[4096]), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_accepts_raw_with_partition_tables_and_any_length()
    {
        var disk = new byte[10_000];
        "EFI PART"u8.CopyTo(disk.AsSpan(512));
        (disk[510], disk[511]) = (0x55, 0xAA);

        Assert.Equal(new Verdict.Accepted(DiskFormat.Raw, 10_000), Corpus.Inspect(DiskFormat.Raw, disk));
        Assert.Equal(new Verdict.Accepted(DiskFormat.Raw, 0), Corpus.Inspect(DiskFormat.Raw, []));
    }

    [Fact]
    public void Inspect_takes_a_hybrid_iso_as_iso_and_never_two_images_in_one()
    {
        var iso = ConfigDrive.ConfigDriveImage.Build([new("file", new byte[50_000])], DateTimeOffset.UnixEpoch);
        "EFI PART"u8.CopyTo(iso.AsSpan(512));
        Assert.Equal(new Verdict.Accepted(DiskFormat.Iso, iso.Length), Corpus.Inspect(DiskFormat.Iso, iso));
        Assert.Contains("the bytes are iso", Corpus.Refusal(DiskFormat.Raw, iso), StringComparison.Ordinal);
        Assert.Contains("ends inside", Corpus.Refusal(DiskFormat.Iso, iso[..^2048]), StringComparison.Ordinal);

        corpus.Good[DiskFormat.Qcow2].AsSpan(0, 512).CopyTo(iso);
        foreach (var declared in (DiskFormat[])[DiskFormat.Iso, DiskFormat.Qcow2, DiskFormat.Raw])
        {
            Assert.Contains("at once", Corpus.Refusal(declared, iso), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Inspect_refuses_qcow2_that_points_elsewhere()
    {
        var canary = corpus.Canary;
        Assert.Contains("backing file", Refusal("-f", "qcow2", "-b", canary, "-F", "raw", "FILE"), StringComparison.Ordinal);
        Assert.Contains("backing file", Refusal("-f", "qcow2", "-u", "-b", $$$"""json:{"driver":"raw","file":{"driver":"file","filename":"{{{canary}}}"}}""", "-F", "raw", "FILE", "1M"), StringComparison.Ordinal);
        Assert.Contains("backing file", Refusal("-f", "qcow2", "-u", "-b", "nbd://127.0.0.1:10809/x", "-F", "raw", "FILE", "1M"), StringComparison.Ordinal);
        Assert.Contains("data file", Refusal("-f", "qcow2", "-o", $"data_file={corpus.Path("data")},data_file_raw=on", "FILE", "64K"), StringComparison.Ordinal);
        Assert.Contains("backing file", Corpus.Refusal(DiskFormat.Qcow2, corpus.Qcow2With(16, 5u)), StringComparison.Ordinal);
        Assert.Contains("data file", Corpus.Refusal(DiskFormat.Qcow2, corpus.With(DiskFormat.Qcow2, b => "DATA\0\0\0\x04/etc"u8.CopyTo(b.AsSpan(112)))), StringComparison.Ordinal);

        string Refusal(params string[] arguments) => Corpus.Refusal(DiskFormat.Qcow2, corpus.Create(arguments));
    }

    [Theory]
    [InlineData(4, 4u, "version")]
    [InlineData(4, 1u, "version 1")]
    [InlineData(20, 8u, "cluster_bits")]
    [InlineData(20, 22u, "cluster_bits")]
    [InlineData(20, 0xFFFFFFFFu, "cluster_bits")]
    [InlineData(32, 1u, "encrypted")]
    [InlineData(32, 2u, "encrypted")]
    [InlineData(36, 1u << 22, "tables")]
    [InlineData(36, (1u << 22) + 1, "l1_size")]
    [InlineData(36, 0u, "l1_size")]
    [InlineData(56, 1u << 31, "refcount_table_clusters")]
    [InlineData(56, 0u, "refcount_table_clusters")]
    [InlineData(60, 65_535u, "65535 internal snapshots")]
    [InlineData(76, 4u, "data file")]
    [InlineData(76, 32u, "features 0x20")]
    [InlineData(72, 0x80000000u, "features 0x8000000000000000")]
    [InlineData(76, 1u, "not closed cleanly")]
    [InlineData(76, 2u, "not closed cleanly")]
    [InlineData(76, 8u, "compression")]
    [InlineData(96, 7u, "refcount_order")]
    [InlineData(100, 8u, "header_length")]
    [InlineData(116, 0xFFFFFFF0u, "leaves the header")]
    [InlineData(44, 0x7FFF0000u, "ends inside")]
    public void Inspect_refuses_qcow2_with_absurd_fields(int at, uint value, string because) =>
        Assert.Contains(because, Corpus.Refusal(DiskFormat.Qcow2, corpus.Qcow2With(at, value)), StringComparison.Ordinal);

    [Theory]
    [InlineData(24, (1UL << 63) - 1, "over the limit")]
    [InlineData(24, ulong.MaxValue, "over the limit")]
    [InlineData(40, ulong.MaxValue << 16, "ends inside")]
    [InlineData(48, ulong.MaxValue << 16, "ends inside")]
    [InlineData(8, 1UL << 60, "backing file")]
    public void Inspect_refuses_qcow2_with_absurd_places(int at, ulong value, string because) =>
        Assert.Contains(because, Corpus.Refusal(DiskFormat.Qcow2, corpus.Qcow2With(at, value)), StringComparison.Ordinal);

    [Theory]
    [InlineData("RW 4096 SPARSE", "RW 4096 FLAT", "names another file")]
    [InlineData("createType=\"monolithicSparse\"", "createType=\"monolithicFlat\"", "createType is 'monolithicFlat'")]
    [InlineData("createType=\"monolithicSparse\"", "createType=\"twoGbMaxExtentSparse\"", "createType")]
    [InlineData("createType=\"monolithicSparse\"", "createType=\"vmfs\"\ncreateType=\"monolithicSparse\"", "createType")]
    [InlineData("RW 4096 SPARSE", "RW 1 SPARSE \"/etc/shadow\"\nRW 4096 SPARSE", "names another file")]
    [InlineData("RW 4096 SPARSE", "RW 1 SPARSE \"x\"\nRW 4096 SPARSE", "2 extents")]
    [InlineData("RW 4096 SPARSE", "NOACCESS 4096 SPARSE", "names another file")]
    [InlineData("parentCID=ffffffff", "parentCID=12345678", "parent")]
    [InlineData("parentCID=ffffffff", "parentCID=ffffffff\nparentFileNameHint=\"/etc/shadow\"", "parentFileNameHint")]
    public void Inspect_refuses_vmdk_that_points_elsewhere(string old, string text, string because) =>
        Assert.Contains(because, Corpus.Refusal(DiskFormat.Vmdk, corpus.VmdkSaying(old, text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("monolithicFlat")]
    [InlineData("twoGbMaxExtentSparse")]
    [InlineData("twoGbMaxExtentFlat")]
    public void Inspect_refuses_the_other_vmdk_types(string type)
    {
        var bytes = corpus.Create("-f", "vmdk", "-o", $"subformat={type}", "FILE", "1M");
        Assert.Contains("names other files", Corpus.Refusal(DiskFormat.Vmdk, bytes), StringComparison.Ordinal);
        Assert.Contains("names other files", Corpus.Refusal(DiskFormat.Raw, bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_refuses_vmdk_that_says_two_things()
    {
        var noCapacity = corpus.With(DiskFormat.Vmdk, b => b.AsSpan(12, 8).Clear());
        byte[] footer = [.. corpus.StreamOptimized, .. corpus.StreamOptimized.AsSpan(0, 512), .. new byte[512]];
        footer.AsSpan(56, 8).Fill(0xFF);
        Assert.Equal(new Verdict.Accepted(DiskFormat.Vmdk, 2 << 20), Corpus.Inspect(DiskFormat.Vmdk, footer));
        footer.AsSpan(footer.Length - 1024 + 12, 8).Clear();

        Assert.Contains("capacity is 0", Corpus.Refusal(DiskFormat.Vmdk, noCapacity), StringComparison.Ordinal);
        Assert.Contains("differ", Corpus.Refusal(DiskFormat.Vmdk, footer), StringComparison.Ordinal);
        Assert.Contains("names other files", Corpus.Refusal(DiskFormat.Raw, Encoding.ASCII.GetBytes($"# a note\n\nversion=1\nRW 128 FLAT \"{corpus.Canary}\" 0\n")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DiskFormat.Vdi, 0x1B8, "parent")]
    [InlineData(DiskFormat.Vdi, 0x4C, "type")]
    [InlineData(DiskFormat.Vhdx, 0x10000 + 48, "log is not empty")]
    public void Inspect_refuses_images_with_parents_or_logs(DiskFormat format, int at, string because) =>
        Assert.Contains(because, Corpus.Refusal(format, corpus.With(format, b => b[at] = 9)), StringComparison.Ordinal);

    [Fact]
    public void Inspect_refuses_what_it_does_not_serve()
    {
        foreach (var (magic, name) in ((byte[], string)[])[("QED\0"u8.ToArray(), "qed"), ([.. "LUKS"u8, 0xBA, 0xBE, 0, 1], "luks"),
            ("COWD"u8.ToArray(), "COWD"), ("WithoutFreeSpace"u8.ToArray(), "ploop"), ("Bochs Virtual HD Image"u8.ToArray(), "bochs")])
        {
            var bytes = new byte[8192];
            magic.CopyTo(bytes, 0);
            Assert.Contains(name, Corpus.Refusal(DiskFormat.Raw, bytes), StringComparison.Ordinal);
        }

        Assert.Contains("not accepted", Corpus.Refusal(DiskFormat.Qed, [.. "QED\0"u8, .. new byte[4096]]), StringComparison.Ordinal);
        Assert.Contains("encrypted", Corpus.Refusal(DiskFormat.Luks, [.. "LUKS"u8, 0xBA, 0xBE, .. new byte[4096]]), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Inspect_refuses_a_file_cut_at_any_sector(DiskFormat format)
    {
        var whole = corpus.Good[format];
        // The last cluster or grain may be short by right; of a VHDX only the tables are followed.
        var shown = format switch { DiskFormat.Vmdk or DiskFormat.Qcow2 => whole.Length - (64 << 10), DiskFormat.Vhdx => 1 << 20, _ => whole.Length };
        var accepted = Enumerable.Range(0, shown / 512).Where(n => Corpus.Inspect(format, whole[..(n * 512)]) is Verdict.Accepted).Select(n => n * 512);
        Assert.Equal([], accepted);
    }

    [Fact]
    public void Inspect_judges_100_000_mutated_headers_without_an_exception()
    {
        const int Each = 20_000;
        var random = new Random(20260701);
        var worst = TimeSpan.Zero;
        foreach (var (format, good) in corpus.Good)
        {
            var bytes = good.ToArray();
            int[] regions = format == DiskFormat.Vhdx ? [0, 64 << 10, 128 << 10, 192 << 10, 1 << 20, 2 << 20, 3 << 20] : [0, 0, bytes.Length - 512, 64 << 10];
            for (var i = 0; i < Each; i++)
            {
                var places = Enumerable.Range(0, random.Next(1, 9)).Select(_ => Math.Min(bytes.Length - 1, regions[random.Next(regions.Length)] + random.Next(512))).ToArray();
                foreach (var place in places)
                {
                    bytes[place] = random.Next(3) switch { 0 => 0xFF, 1 => (byte)random.Next(256), _ => (byte)(bytes[place] ^ (1 << random.Next(8))) };
                }

                var start = Stopwatch.GetTimestamp();
                _ = Corpus.Inspect(format, bytes);
                var took = Stopwatch.GetElapsedTime(start);
                worst = took > worst ? took : worst;
                foreach (var place in places)
                {
                    bytes[place] = good[place];
                }
            }
        }

        Assert.True(worst < TimeSpan.FromSeconds(1), $"the slowest took {worst}");
    }
}
