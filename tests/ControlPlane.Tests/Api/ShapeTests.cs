using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Tests.Foundation;

public sealed class ShapeTests
{
    public static TheoryData<string, Shape> Shapes => new()
    {
        { "text", Shape.Text(2, 4) },
        { "pattern", Shape.Text(0, 9, "^[a-c]+$", "letters a to c") },
        { "name", Shape.Name() },
        { "uuid", Shape.Uuid },
        { "integer", Shape.Integer(1, 10) },
        { "number", Shape.Number },
        { "flag", Shape.Flag },
        { "strict flag", Shape.StrictFlag },
        { "null", Shape.Null },
        { "any", Shape.Any },
        { "object", Shape.AnyObject },
        { "enum", Shape.OneOf("a", "b") },
        { "or null", Shape.OrNull(Shape.Integer(1, 2)) },
        { "either", Shape.Either(Shape.Integer(5, 6), Shape.OneOf("auto")) },
        { "list", Shape.List(Shape.Integer(), 1, 2) },
        { "unique list", Shape.List(Shape.Any, unique: true) },
        { "map", Shape.Map("^[a-z]{1,3}$", Shape.Text(), 2) },
    };

    private static readonly Dictionary<string, Shape> ByName = Shapes.ToDictionary(row => row.Data.Item1, row => row.Data.Item2);

    [Theory]
    [InlineData("text", "\"ab\"", null)]
    [InlineData("text", "\"😀😀😀😀\"", null)]
    [InlineData("text", "\"a\"", "too short")]
    [InlineData("text", "\"abcde\"", "too long")]
    [InlineData("text", "7", "'string'")]
    [InlineData("text", "null", "'string'")]
    [InlineData("pattern", "\"abc\"", null)]
    [InlineData("pattern", "\"abcd\"", "letters a to c")]
    [InlineData("name", "\"a b\"", null)]
    [InlineData("name", "\"   \"", "printable")]
    [InlineData("name", "\"a\\nb\"", "printable")]
    [InlineData("name", "\"\"", "too short")]
    [InlineData("uuid", "\"7c9e6679-7425-40de-944b-e07fc1f90ae7\"", null)]
    [InlineData("uuid", "\"7c9e6679742540de944be07fc1f90ae7\"", null)]
    [InlineData("uuid", "\"x\"", "'uuid'")]
    [InlineData("integer", "10", null)]
    [InlineData("integer", "\"3\"", null)]
    [InlineData("integer", "0", "minimum of 1")]
    [InlineData("integer", "11", "maximum of 10")]
    [InlineData("integer", "1.5", "'integer'")]
    [InlineData("integer", "\" 3\"", "'integer'")]
    [InlineData("integer", "true", "'integer'")]
    [InlineData("integer", "99999999999999999999", "'integer'")]
    [InlineData("number", "1.5", null)]
    [InlineData("number", "\"1\"", "'number'")]
    [InlineData("flag", "\"yes\"", null)]
    [InlineData("flag", "false", null)]
    [InlineData("flag", "\"maybe\"", "'boolean'")]
    [InlineData("strict flag", "true", null)]
    [InlineData("strict flag", "\"true\"", "'boolean'")]
    [InlineData("null", "null", null)]
    [InlineData("null", "0", "'null'")]
    [InlineData("any", "[1,{}]", null)]
    [InlineData("object", "{}", null)]
    [InlineData("object", "[]", "'object'")]
    [InlineData("enum", "\"a\"", null)]
    [InlineData("enum", "\"A\"", "['a', 'b']")]
    [InlineData("or null", "null", null)]
    [InlineData("or null", "3", "maximum of 2")]
    [InlineData("either", "5", null)]
    [InlineData("either", "\"auto\"", null)]
    [InlineData("either", "\"none\"", "['auto']")]
    [InlineData("list", "[1,2]", null)]
    [InlineData("list", "[]", "too short")]
    [InlineData("list", "[1,2,3]", "too long")]
    [InlineData("list", "[1,\"x\"]", "value.1")]
    [InlineData("unique list", "[1,2]", null)]
    [InlineData("unique list", "[1,1]", "non-unique")]
    [InlineData("map", "{\"a\":\"x\",\"b\":\"y\"}", null)]
    [InlineData("map", "{\"a\":\"x\",\"b\":\"y\",\"c\":\"z\"}", "more than 2")]
    [InlineData("map", "{\"A\":\"x\"}", "regexes")]
    [InlineData("map", "{\"a\":1}", "value.a")]
    public void Check_takes_what_fits_and_names_what_does_not(string shape, string json, string? problem)
    {
        var failure = Record.Exception(() => ByName[shape].Check(Parse(json), "value", default));
        if (problem is null)
        {
            Assert.Null(failure);
            return;
        }
        var fault = Assert.IsType<Fault>(failure);
        Assert.Equal(400, fault.Status);
        Assert.Contains(problem, fault.Message);
        Assert.Contains("value", fault.Message);
    }

    private static readonly ObjectShape Server = Shape.Object(
        Member.Must("name", Shape.Text()),
        Member.May("key", Shape.Text()).Until(2, 9),
        Member.May("key", Shape.Integer()).Since(2, 10),
        Member.Must("networks", Shape.Any).Since(2, 37),
        Member.May("inner", Shape.Object(Member.May("tag", Shape.Text()).Since(2, 20))));

    [Theory]
    [InlineData("""{"name":"a"}""", 1, true)]
    [InlineData("""{"name":"a","key":"k"}""", 9, true)]
    [InlineData("""{"name":"a","key":"k"}""", 10, false)]
    [InlineData("""{"name":"a","key":5}""", 10, true)]
    [InlineData("""{"name":"a","key":5}""", 9, false)]
    [InlineData("""{"name":"a"}""", 37, false)]
    [InlineData("""{"name":"a","networks":1}""", 37, true)]
    [InlineData("""{"name":"a","networks":1}""", 36, false)]
    [InlineData("""{}""", 1, false)]
    [InlineData("""{"name":"a","other":1}""", 1, false)]
    [InlineData("""{"name":"a","inner":{"tag":"x"}}""", 19, false)]
    [InlineData("""{"name":"a","inner":{"tag":"x"}}""", 20, true)]
    [InlineData("""[]""", 1, false)]
    public void Members_are_known_from_and_to_their_microversion(string json, int minor, bool fits) =>
        Assert.Equal(fits, Record.Exception(() => Server.Check(Parse(json), "server", new(2, minor))) is null);

    [Fact]
    public void Open_object_takes_unknown_members_and_still_checks_the_known()
    {
        var open = Shape.Object(Member.May("a", Shape.Integer())).Open();
        open.Check(Parse("""{"b":1}"""), "x", default);
        Assert.Throws<Fault>(() => open.Check(Parse("""{"a":"x"}"""), "x", default));
    }

    [Fact]
    public void Message_does_not_repeat_a_long_value()
    {
        var fault = Assert.Throws<Fault>(() => Shape.Integer().Check(Parse($"\"{new string('x', 100_000)}\""), "x", default));
        Assert.True(fault.Message.Length < 1000);
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
