namespace Cumulet.Cli.Tests;

/// <summary>How the command gets into a cloud, and what it says when it does not.</summary>
public sealed class ConnectionTests : IDisposable
{
    private readonly ScriptedCloud _cloud = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("cumulet-cli-").FullName;

    public void Dispose()
    {
        _cloud.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Run_cloud_of_clouds_yaml_is_used_with_its_secrets()
    {
        File.WriteAllText(Path.Combine(_folder, "clouds.yaml"), $$"""
            clouds:
              other: {auth: {auth_url: "http://127.0.0.1:9/"} }
              mine:
                auth:
                  auth_url: {{_cloud.Address}}/identity/v3
                  username: demo
                  project_name: demo
                  user_domain_id: default
                  project_domain_id: default
                region_name: RegionOne
            """);
        File.WriteAllText(Path.Combine(_folder, "secure.yaml"), "clouds: {mine: {auth: {password: secret}}}");
        var ran = await Session.RunWith(new() { ["OS_CLOUD"] = "mine" }, _folder, "flavor", "list", "-f", "value", "-c", "Name");
        Assert.Equal((0, "m1.tiny\nm1.small\n"), (ran.Status, ran.Out));
    }

    [Fact]
    public async Task Run_unknown_cloud_is_named()
    {
        File.WriteAllText(Path.Combine(_folder, "clouds.yaml"), "clouds: {a: {}, b: {}}");
        var ran = await Session.RunWith([], _folder, "--os-cloud", "c", "token", "issue");
        Assert.Equal((1, "Cloud c was not found.\n"), (ran.Status, ran.Error));
    }

    [Fact]
    public async Task Run_without_any_cloud_says_what_to_give()
    {
        var ran = await Session.RunWith(new() { ["HOME"] = _folder }, _folder, "server", "list");
        Assert.Equal(1, ran.Status);
        Assert.Contains("--os-auth-url or OS_AUTH_URL", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_multifactor_sends_each_proof_and_shows_none()
    {
        File.WriteAllText(Path.Combine(_folder, "clouds.yaml"), $$"""
            clouds:
              mine:
                auth_type: v3multifactor
                auth_methods: [v3password, v3totp]
                auth: {auth_url: "{{_cloud.Address}}/identity/v3", username: demo, password: hidden-one, project_name: demo}
            """);
        var ran = await Session.RunWith(new() { ["OS_PASSCODE"] = "135246" }, _folder, "--debug", "token", "issue", "-f", "value", "-c", "user_id");
        Assert.Equal(0, ran.Status);
        Assert.Contains("\"methods\":[\"password\",\"totp\"]", ran.Error, StringComparison.Ordinal);
        Assert.Contains("\"totp\":{\"user\":{\"name\":\"demo\",\"domain\":{\"id\":\"default\"},\"passcode\":", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-one", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("135246", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_where_more_has_to_be_proved_says_what()
    {
        _cloud.Scripted["POST /identity/v3/auth/tokens"] = new([(401, """
            {"_headers": {"OpenStack-Auth-Receipt": "r"}, "receipt": {"methods": ["password"]}, "required_auth_methods": [["password", "totp"]]}
            """)]);
        var ran = await Session.Run(_cloud, "server", "list");
        Assert.Equal(1, ran.Status);
        Assert.Contains("has to prove password and totp", ran.Error, StringComparison.Ordinal);
        Assert.Contains("--os-passcode", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_application_credential_sends_no_scope()
    {
        var ran = await Session.RunWith(new()
        {
            ["OS_AUTH_URL"] = _cloud.Address + "/identity", ["OS_AUTH_TYPE"] = "v3applicationcredential",
            ["OS_APPLICATION_CREDENTIAL_ID"] = "acac", ["OS_APPLICATION_CREDENTIAL_SECRET"] = "s3",
        }, _folder, "--debug", "token", "issue", "-f", "value", "-c", "user_id");
        Assert.Equal(0, ran.Status);
        Assert.Contains("\"methods\":[\"application_credential\"]", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("scope", ran.Error.Split('\n')[0], StringComparison.Ordinal);
        Assert.DoesNotContain("\"s3\"", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_debug_hides_password_and_token()
    {
        var ran = await Session.Run(_cloud, "--debug", "server", "show", "web", "-f", "json");
        Assert.Equal(0, ran.Status);
        Assert.Contains("REQ: curl -g -i -X GET", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\"secret\"", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("gAAAA-token", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_nobody_listening_is_said_with_the_address()
    {
        var environment = Session.Environment(_cloud);
        environment["OS_AUTH_URL"] = "http://127.0.0.1:1/";
        var ran = await Session.RunWith(environment, _folder, "token", "issue");
        Assert.Equal(1, ran.Status);
        Assert.StartsWith("Unable to establish connection to http://127.0.0.1:1/v3/auth/tokens", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_list_asks_for_one_token_and_three_lists()
    {
        await Session.Run(_cloud, "server", "list");
        Assert.Equal(["GET /compute/v2.1/flavors/detail?is_public=None", "GET /compute/v2.1/servers/detail", "GET /image/v2/images",
            "POST /identity/v3/auth/tokens"], _cloud.Requests.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Run_error_of_a_service_is_worded_with_status_and_request_id()
    {
        _cloud.Scripted["GET /compute/v2.1/servers/detail"] = new([(403, """{"forbidden": {"message": "Policy says no.", "code": 403}}""")]);
        var ran = await Session.Run(_cloud, "server", "list");
        Assert.Equal((1, "Policy says no. (HTTP 403) (Request-ID: req-00000000-0000-4000-8000-000000000000)\n"), (ran.Status, ran.Error));
    }

    [Fact]
    public async Task Run_preferred_microversion_that_the_cloud_has_not_is_done_without()
    {
        _cloud.Scripted["GET /compute/v2.1/os-keypairs"] = new([(406, """{"computeFault": {"message": "Version not supported", "code": 406}}""")]);
        var ran = await Session.Run(_cloud, "keypair", "list", "-f", "csv", "-c", "Name");
        Assert.Equal((0, "\"Name\"\n\"my-key\"\n\"other\"\n"), (ran.Status, ran.Out));
    }

    [Fact]
    public async Task Run_chosen_microversion_that_is_too_old_is_an_error()
    {
        var ran = await Session.Run(_cloud, "--os-compute-api-version", "2.10", "server", "create", "--image", "cirros", "--flavor", "1", "--tag", "x", "n");
        Assert.Equal((1, "--os-compute-api-version 2.52 or greater is required to support the --tag option\n"), (ran.Status, ran.Error));
    }

    [Fact]
    public async Task Run_no_chosen_microversion_the_needed_one_is_sent()
    {
        await Session.Run(_cloud, "server", "create", "--image", "cirros", "--flavor", "1", "--nic", "none", "--tag", "x", "n");
        Assert.Equal("compute 2.52", _cloud.Headers["/compute/v2.1/servers"]["OpenStack-API-Version"]);
    }

    [Fact]
    public async Task Run_names_that_two_things_have_are_refused()
    {
        _cloud.Scripted["GET /network/v2.0/networks"] = new([(200, """{"networks": [{"id": "1", "name": "net"}, {"id": "2", "name": "net"}]}""")]);
        var ran = await Session.Run(_cloud, "network", "show", "net");
        Assert.Equal((1, "More than one Network exists with the name 'net'.\n"), (ran.Status, ran.Error));
    }

    [Fact]
    public async Task Run_pages_are_followed_to_the_end()
    {
        _cloud.Scripted["GET /volume/v3/b3c4a1d2e5f60718293a4b5c6d7e8f90/volumes/detail"] = new(
        [
            (200, """{"volumes": [{"id": "1", "name": "a"}], "volumes_links": [{"rel": "next", "href": "http://wrong.example/v3/volumes/detail?marker=1"}]}"""),
            (200, """{"volumes": [{"id": "2", "name": "b"}]}"""),
        ]);
        var ran = await Session.Run(_cloud, "volume", "list", "-f", "value", "-c", "Name");
        Assert.Equal("a\nb\n", ran.Out);
        Assert.Contains("GET /volume/v3/b3c4a1d2e5f60718293a4b5c6d7e8f90/volumes/detail?marker=1", _cloud.Requests);
    }

    [Fact]
    public async Task Run_wait_ends_when_the_server_is_active_and_prints_progress_apart_from_data()
    {
        const string Server = "GET /compute/v2.1/servers/90909090-0000-4000-8000-000000000501";
        string Now(string status) => """{"server": {"id": "90909090-0000-4000-8000-000000000501", "name": "n", "status": "STATUS"}}""".Replace("STATUS", status);
        _cloud.Scripted[Server] = new([(200, Now("BUILD")), (200, Now("ACTIVE"))]);
        var ran = await Session.Run(_cloud, "server", "create", "--image", "cirros", "--flavor", "1", "--wait", "n", "-f", "value", "-c", "status");
        Assert.Equal((0, "ACTIVE\n"), (ran.Status, ran.Out));
        Assert.Contains("BUILD", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_wait_of_a_server_that_fails_says_its_fault()
    {
        _cloud.Scripted["GET /compute/v2.1/servers/90909090-0000-4000-8000-000000000501"] = new([(200,
            """{"server": {"id": "90909090-0000-4000-8000-000000000501", "name": "n", "status": "ERROR", "fault": {"message": "No valid host was found."}}}""")]);
        var ran = await Session.Run(_cloud, "server", "create", "--image", "cirros", "--flavor", "1", "--wait", "n");
        Assert.Equal((1, "Error creating server: n (90909090-0000-4000-8000-000000000501): No valid host was found.\n"), (ran.Status, ran.Error));
    }

    [Fact]
    public async Task Run_upload_sends_the_bytes_of_the_file()
    {
        File.WriteAllText(Path.Combine(_folder, "disk.img"), "disk data");
        var ran = await Session.RunWith(Session.Environment(_cloud), _folder, "image", "create", "--disk-format", "raw", "--file", "disk.img", "--progress", "img");
        Assert.Contains("PUT /image/v2/images/1a2b3c4d-0000-4000-8000-0000000000aa/file disk data", _cloud.TakeChanges());
        Assert.Contains("100%", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_user_data_is_sent_in_base64()
    {
        File.WriteAllText(Path.Combine(_folder, "user-data.txt"), "#!/bin/sh\n");
        await Session.RunWith(Session.Environment(_cloud), _folder, "server", "create", "--image", "cirros", "--flavor", "m1.small", "--network", "private",
            "--security-group", "default", "--key-name", "my-key", "--availability-zone", "nova", "--user-data", "user-data.txt", "my-instance");
        Assert.Contains("\"user_data\":\"IyEvYmluL3NoCg==\"", Assert.Single(_cloud.TakeChanges()), StringComparison.Ordinal);
    }
}
