using System.Globalization;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Operations;
using Cumulet.ControlPlane.Store;
using Microsoft.AspNetCore.Http;

namespace Cumulet.ControlPlane.Sagas;

/// <summary>
/// Faults by order, through the daemon's private door: for tests of recovery, which bring a running cloud to a point and kill it
/// there. Only a daemon that was started with <c>CUMULET_FAULT=orders</c> takes them.
/// </summary>
internal sealed class FaultOrders(SagaRunner sagas, Database database, IHypervisor hypervisor)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public IEnumerable<ControlVerb> Verbs() =>
    [
        new("POST", "/faults", http => Task.FromResult(Arm(http.Request.Query["arm"].ToString()))),
        new("DELETE", "/faults", _ => Task.FromResult(Disarm())),
        new("POST", "/faults/held", Held),
        new("POST", "/faults/guest-ends", http => Task.FromResult(EndGuest(http.Request.Query["id"].ToString()))),
        new("GET", "/quiet", Quiet),
    ];

    private static (int, string) Arm(string fault)
    {
        try
        {
            FaultPoint.Arm(fault);
            return (200, "");
        }
        catch (FormatException wrong)
        {
            return (400, wrong.Message + "\n");
        }
    }

    private static (int, string) Disarm()
    {
        FaultPoint.Arm(null);
        return (200, "");
    }

    /// <summary>Waits until one saga more is held at its point.</summary>
    private static async Task<(int, string)> Held(HttpContext http) =>
        await FaultPoint.Held(Patience) ? (200, "") : (408, "no saga came to its point\n");

    private (int, string) EndGuest(string id)
    {
        if (hypervisor is not FakeHypervisor fake || !Guid.TryParse(id, out var guest)) return (400, "id is the id of a fake guest\n");
        fake.Happen(guest, VmEvent.Ended);
        return (200, "");
    }

    /// <summary>Waits until no saga runs; those that still do, where that takes too long.</summary>
    private async Task<(int, string)> Quiet(HttpContext http)
    {
        var limit = int.TryParse(http.Request.Query["seconds"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : Patience;
        try
        {
            await sagas.Settled().WaitAsync(limit, http.RequestAborted);
            return (200, "");
        }
        catch (TimeoutException)
        {
            return (408, string.Concat(database.Read(SagaJournal.Unfinished).Select(s => $"{s.Name} of {s.Lane} at step {s.Step}: {s.Cause}\n")));
        }
    }
}
