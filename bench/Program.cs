using Cumulet.Bench;

// Medians of several runs; ratios are what to compare, since machines differ. Exit code 1 where a target is missed.
var figures = new List<Figure>();
if (args.Length == 0 || args.Contains("control-plane")) await ControlPlaneFigures.Measure(figures);
if (args.Length == 0 || args.Contains("lists")) await ListFigures.Measure(figures);
if (args.Length == 0 || args.Contains("guests")) await GuestFigures.Measure(figures);
if (args.Length == 0 || args.Contains("disks")) await DiskFigures.Measure(figures);
if (args.Length == 0 || args.Contains("chains")) await ChainFigures.Measure(figures);
if (args.Length == 0 || args.Contains("images")) await ImageFigures.Measure(figures);
Console.WriteLine($"{Environment.ProcessorCount} cores, {DateTime.UtcNow:yyyy-MM-dd}, medians");
Figure.Print(figures);
return figures.All(f => f.Met != false) ? 0 : 1;
