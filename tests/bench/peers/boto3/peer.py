#!/usr/bin/env python3
"""Raw boto3 peer: the same environment with the fewest calls that make it.

  peer.py deploy  NAME[,NAME...] [--threads N]
  peer.py check   NAME[,...]     [--threads N]   (describe-only; the no-change check)
  peer.py destroy NAME[,...]     [--threads N]
"""
import concurrent.futures as cf, json, os, sys, threading, time
import botocore.session
import boto3
from botocore.config import Config

HERE = os.path.dirname(os.path.abspath(__file__))
CERT = open(f"{HERE}/../cert.pem", "rb").read(); KEY = open(f"{HERE}/../cert.key", "rb").read()
AZ = ["us-east-1a", "us-east-1b", "us-east-1c"]
TIERS = {"public": 0, "private": 10, "database": 20}
COLORS = {"blue": "t3.micro", "green": "m5.large"}
PAB = dict(BlockPublicAcls=True, IgnorePublicAcls=True, BlockPublicPolicy=True, RestrictPublicBuckets=True)
_S, _C, _L = boto3.Session(), {}, threading.Lock()
POOL = 1


def c(svc, region="us-east-1"):
    k = (svc, region)
    if k not in _C:
        with _L:
            if k not in _C:
                _C[k] = _S.client(svc, region_name=region, config=Config(max_pool_connections=max(POOL, 10)))
    return _C[k]


def trust(s):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": f"{s}.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


def pol(*st):
    return json.dumps({"Version": "2012-10-17", "Statement": [dict(Effect="Allow", Action=a, Resource=r) for a, r in st]})


def run(steps, threads):
    """steps: {name: (deps, fn)}; topological, sequential or on a pool."""
    if threads <= 1:
        done = set()
        def go(n):
            if n in done: return
            for d in steps[n][0]: go(d)
            steps[n][1](); done.add(n)
        for n in steps: go(n)
        return
    left = {n: set(d) for n, (d, _) in steps.items()}
    rev = {}
    for n, (d, _) in steps.items():
        for x in d: rev.setdefault(x, []).append(n)
    with cf.ThreadPoolExecutor(threads) as ex:
        futs = {ex.submit(steps[n][1]): n for n, d in left.items() if not d}
        while futs:
            ok, _ = cf.wait(futs, return_when=cf.FIRST_COMPLETED)
            for f in ok:
                n = futs.pop(f); f.result()
                for m in rev.get(n, []):
                    left[m].discard(n)
                    if not left[m]: futs[ex.submit(steps[m][1])] = m


def build(n, idx, s, P):
    """P = step-name prefix; returns the create steps of environment n; ids go to s."""
    T = [{"Key": "Environment", "Value": n}, {"Key": "ManagedBy", "Value": "peers"}]
    TM = {t["Key"]: t["Value"] for t in T}
    ts = lambda typ, name, **kw: [{"ResourceType": typ, "Tags": T + [{"Key": "Name", "Value": name}] + [{"Key": k, "Value": v} for k, v in kw.items()]}]
    st = {}
    def step(*deps, name=None):
        def deco(f):
            st[P + (name or f.__name__)] = ([P + d for d in deps], f); return f
        return deco
    ec2 = lambda: c("ec2")
    @step()
    def vpc():
        s["vpc"] = ec2().create_vpc(CidrBlock=f"10.{idx}.0.0/16", TagSpecifications=ts("vpc", n))["Vpc"]["VpcId"]
        ec2().modify_vpc_attribute(VpcId=s["vpc"], EnableDnsHostnames={"Value": True})
    for t, off in TIERS.items():
        for i, az in enumerate(AZ):
            def sn(t=t, off=off, i=i, az=az):
                k = f"{t}-{i}"
                s[k] = ec2().create_subnet(VpcId=s["vpc"], CidrBlock=f"10.{idx}.{off+i}.0/24", AvailabilityZone=az, TagSpecifications=ts("subnet", f"{n}-{k}", Tier=t))["Subnet"]["SubnetId"]
                if t == "public": ec2().modify_subnet_attribute(SubnetId=s[k], MapPublicIpOnLaunch={"Value": True})
            step("vpc", name=f"subnet-{t}-{i}")(sn)
            def assoc(t=t, i=i):
                s[f"assoc-{t}-{i}"] = ec2().associate_route_table(RouteTableId=s[f"rt-{t}"], SubnetId=s[f"{t}-{i}"])["AssociationId"]
            step(f"subnet-{t}-{i}", f"rt-{t}", name=f"assoc-{t}-{i}")(assoc)
        def rt(t=t):
            s[f"rt-{t}"] = ec2().create_route_table(VpcId=s["vpc"], TagSpecifications=ts("route-table", f"{n}-{t}"))["RouteTable"]["RouteTableId"]
        step("vpc", name=f"rt-{t}")(rt)
    @step("vpc")
    def igw():
        s["igw"] = ec2().create_internet_gateway(TagSpecifications=ts("internet-gateway", n))["InternetGateway"]["InternetGatewayId"]
        ec2().attach_internet_gateway(InternetGatewayId=s["igw"], VpcId=s["vpc"])
    @step()
    def eip(): s["eip"] = ec2().allocate_address(Domain="vpc", TagSpecifications=ts("elastic-ip", f"{n}-nat"))["AllocationId"]
    @step("eip", "igw", "subnet-public-0")
    def nat():
        s["nat"] = ec2().create_nat_gateway(AllocationId=s["eip"], SubnetId=s["public-0"], TagSpecifications=ts("natgateway", n))["NatGateway"]["NatGatewayId"]
        ec2().get_waiter("nat_gateway_available").wait(NatGatewayIds=[s["nat"]])
    @step("rt-public", "igw")
    def route_public(): ec2().create_route(RouteTableId=s["rt-public"], DestinationCidrBlock="0.0.0.0/0", GatewayId=s["igw"])
    @step("rt-private", "nat")
    def route_private(): ec2().create_route(RouteTableId=s["rt-private"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=s["nat"])
    @step("subnet-database-0", "subnet-database-1", "subnet-database-2")
    def nacl():
        a = s["nacl"] = ec2().create_network_acl(VpcId=s["vpc"], TagSpecifications=ts("network-acl", f"{n}-db"))["NetworkAcl"]["NetworkAclId"]
        for eg, lo, hi in ((False, 3306, 3306), (True, 1024, 65535)):
            ec2().create_network_acl_entry(NetworkAclId=a, RuleNumber=100, Protocol="6", RuleAction="allow", Egress=eg, CidrBlock=f"10.{idx}.0.0/16", PortRange={"From": lo, "To": hi})
        ids = {s[f"database-{i}"] for i in range(3)}
        for x in ec2().describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": sorted(ids)}])["NetworkAcls"]:
            for y in x["Associations"]:
                if y["SubnetId"] in ids: ec2().replace_network_acl_association(AssociationId=y["NetworkAclAssociationId"], NetworkAclId=a)
    for lg in ("vpc-flow", "app", "alb"):
        def mk(lg=lg):
            c("logs").create_log_group(logGroupName=f"/{n}/{lg}", tags=TM)
            c("logs").put_retention_policy(logGroupName=f"/{n}/{lg}", retentionInDays=30)
        step(name=f"log-{lg}")(mk)
    @step("vpc", "log-vpc-flow", "role-flow")
    def flow():
        s["flow"] = ec2().create_flow_logs(ResourceType="VPC", ResourceIds=[s["vpc"]], TrafficType="ALL", LogGroupName=f"/{n}/vpc-flow", DeliverLogsPermissionArn=s["role-flow"])["FlowLogIds"][0]
    def sg(k, deps, port, src):
        def f():
            s["sg-" + k] = ec2().create_security_group(GroupName=f"{n}-{k}", Description=k, VpcId=s["vpc"], TagSpecifications=ts("security-group", f"{n}-{k}"))["GroupId"]
            perm = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
            perm.update({"IpRanges": [{"CidrIp": "0.0.0.0/0"}]} if not src else {"UserIdGroupPairs": [{"GroupId": s["sg-" + src]}]})
            ec2().authorize_security_group_ingress(GroupId=s["sg-" + k], IpPermissions=[perm])
        step(*deps, name="sg-" + k)(f)
    sg("alb", ["vpc"], 443, None); sg("app", ["vpc", "sg-alb"], 8080, "alb"); sg("db", ["vpc", "sg-app"], 3306, "app")
    @step()
    def kms():
        r = c("kms").create_key(Description=f"{n} data", Tags=[{"TagKey": k, "TagValue": v} for k, v in TM.items()])["KeyMetadata"]
        s["kms"], s["kms-arn"] = r["KeyId"], r["Arn"]
        c("kms").enable_key_rotation(KeyId=s["kms"])
        c("kms").create_alias(AliasName=f"alias/{n}", TargetKeyId=s["kms"])
    def role(k, svc):
        def f(): s["role-" + k] = c("iam").create_role(RoleName=f"{n}-{k}", AssumeRolePolicyDocument=trust(svc), Tags=T)["Role"]["Arn"]
        step(name="role-" + k)(f)
    for k, v in dict(app="ec2", flow="vpc-flow-logs", rdsmon="monitoring.rds", repl="s3", backup="backup").items(): role(k, v)
    bkt, rep = f"{n}-data-peers", f"{n}-replica-peers"
    @step("role-app", "secret", "kms")
    def pol_app():
        c("iam").put_role_policy(RoleName=f"{n}-app", PolicyName="app", PolicyDocument=pol((["secretsmanager:GetSecretValue"], s["secret"]), (["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{bkt}/*"), (["kms:Decrypt", "kms:GenerateDataKey"], s["kms-arn"])))
    @step("role-app")
    def profile():
        c("iam").create_instance_profile(InstanceProfileName=f"{n}-app", Tags=T)
        c("iam").add_role_to_instance_profile(InstanceProfileName=f"{n}-app", RoleName=f"{n}-app")
    @step("role-flow")
    def pol_flow(): c("iam").put_role_policy(RoleName=f"{n}-flow", PolicyName="flow", PolicyDocument=pol((["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"], f"arn:aws:logs:us-east-1:123456789012:log-group:/{n}/vpc-flow:*")))
    @step("role-rdsmon")
    def att_rdsmon(): c("iam").attach_role_policy(RoleName=f"{n}-rdsmon", PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole")
    @step("role-repl")
    def pol_repl(): c("iam").put_role_policy(RoleName=f"{n}-repl", PolicyName="repl", PolicyDocument=pol((["s3:GetReplicationConfiguration", "s3:ListBucket"], f"arn:aws:s3:::{bkt}"), (["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl"], f"arn:aws:s3:::{bkt}/*"), (["s3:ReplicateObject", "s3:ReplicateDelete"], f"arn:aws:s3:::{rep}/*")))
    @step("role-backup")
    def att_backup(): c("iam").attach_role_policy(RoleName=f"{n}-backup", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup")
    @step("kms")
    def secret(): s["secret"] = c("secretsmanager").create_secret(Name=f"{n}/db", KmsKeyId=s["kms-arn"], SecretString=json.dumps(dict(username="admin", password="Sup3rSecretPw")), Tags=T)["ARN"]
    @step("subnet-database-0", "subnet-database-1", "subnet-database-2")
    def dbsn(): c("rds").create_db_subnet_group(DBSubnetGroupName=n, DBSubnetGroupDescription="db", SubnetIds=[s[f"database-{i}"] for i in range(3)], Tags=T)
    @step()
    def dbpg():
        c("rds").create_db_parameter_group(DBParameterGroupName=n, DBParameterGroupFamily="mysql8.4", Description="db", Tags=T)
        c("rds").modify_db_parameter_group(DBParameterGroupName=n, Parameters=[dict(ParameterName="max_connections", ParameterValue="200", ApplyMethod="immediate")])
    @step("dbsn", "dbpg", "kms", "sg-db", "role-rdsmon", "att_rdsmon")
    def rds():
        c("rds").create_db_instance(DBInstanceIdentifier=n, Engine="mysql", EngineVersion="8.4.7", DBInstanceClass="db.t3.medium", AllocatedStorage=20, StorageType="gp2", MultiAZ=True, StorageEncrypted=True, KmsKeyId=s["kms-arn"], MasterUsername="admin", MasterUserPassword="Sup3rSecretPw", DBSubnetGroupName=n, DBParameterGroupName=n, VpcSecurityGroupIds=[s["sg-db"]], MonitoringInterval=60, MonitoringRoleArn=s["role-rdsmon"], BackupRetentionPeriod=7, Tags=T)
        c("rds").get_waiter("db_instance_available").wait(DBInstanceIdentifier=n)
        s["db-endpoint"] = c("rds").describe_db_instances(DBInstanceIdentifier=n)["DBInstances"][0]["Endpoint"]["Address"]
    @step()
    def cert(): s["cert"] = c("acm").import_certificate(Certificate=CERT, PrivateKey=KEY, Tags=T)["CertificateArn"]
    @step("subnet-public-0", "subnet-public-1", "subnet-public-2", "sg-alb", "igw")
    def alb():
        r = c("elbv2").create_load_balancer(Name=n, Subnets=[s[f"public-{i}"] for i in range(3)], SecurityGroups=[s["sg-alb"]], Type="application", Tags=T)["LoadBalancers"][0]
        s["alb"], s["alb-dns"], s["alb-zone"] = r["LoadBalancerArn"], r["DNSName"], r["CanonicalHostedZoneId"]
        c("elbv2").get_waiter("load_balancer_available").wait(LoadBalancerArns=[s["alb"]])
    for col, it in COLORS.items():
        def tg(col=col): s["tg-" + col] = c("elbv2").create_target_group(Name=f"{n}-{col}", Port=8080, Protocol="HTTP", VpcId=s["vpc"], HealthCheckPath="/health", HealthCheckIntervalSeconds=15, HealthCheckTimeoutSeconds=5, Tags=T)["TargetGroups"][0]["TargetGroupArn"]
        step("vpc", name="tg-" + col)(tg)
        def lt(col=col, it=it): s["lt-" + col] = ec2().create_launch_template(LaunchTemplateName=f"{n}-{col}", LaunchTemplateData=dict(ImageId="ami-12c6146b", InstanceType=it, SecurityGroupIds=[s["sg-app"]], IamInstanceProfile={"Name": f"{n}-app"}, MetadataOptions=dict(HttpTokens="required", HttpEndpoint="enabled")), TagSpecifications=ts("launch-template", f"{n}-{col}"))["LaunchTemplate"]["LaunchTemplateId"]
        step("sg-app", "profile", name="lt-" + col)(lt)
        def asg(col=col):
            a = c("autoscaling")
            a.create_auto_scaling_group(AutoScalingGroupName=f"{n}-{col}", MinSize=1, MaxSize=3, DesiredCapacity=1, VPCZoneIdentifier=",".join(s[f"private-{i}"] for i in range(3)), TargetGroupARNs=[s["tg-" + col]], HealthCheckType="ELB", HealthCheckGracePeriod=300, LaunchTemplate=dict(LaunchTemplateId=s["lt-" + col], Version="$Latest"), Tags=[dict(Key="Environment", Value=n, PropagateAtLaunch=True)])
            for _ in range(120):
                i = a.describe_auto_scaling_groups(AutoScalingGroupNames=[f"{n}-{col}"])["AutoScalingGroups"][0]["Instances"]
                if i and all(x["LifecycleState"] == "InService" for x in i): break
                time.sleep(5)
        step("lt-" + col, "tg-" + col, "subnet-private-0", "subnet-private-1", "subnet-private-2", "route_private", name="asg-" + col)(asg)
        def sp(col=col): c("autoscaling").put_scaling_policy(AutoScalingGroupName=f"{n}-{col}", PolicyName=f"{n}-{col}-cpu", PolicyType="TargetTrackingScaling", TargetTrackingConfiguration=dict(PredefinedMetricSpecification=dict(PredefinedMetricType="ASGAverageCPUUtilization"), TargetValue=60.0))
        step("asg-" + col, name="sp-" + col)(sp)
    @step("alb", "cert", "tg-blue")
    def listener(): s["listener"] = c("elbv2").create_listener(LoadBalancerArn=s["alb"], Port=443, Protocol="HTTPS", SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06", Certificates=[dict(CertificateArn=s["cert"])], DefaultActions=[dict(Type="forward", TargetGroupArn=s["tg-blue"])], Tags=T)["Listeners"][0]["ListenerArn"]
    def bucket(b, region, sse):
        k = c("s3", region)
        kw = {} if region == "us-east-1" else dict(CreateBucketConfiguration=dict(LocationConstraint=region))
        k.create_bucket(Bucket=b, **kw)
        k.put_bucket_tagging(Bucket=b, Tagging=dict(TagSet=T))
        k.put_bucket_versioning(Bucket=b, VersioningConfiguration=dict(Status="Enabled"))
        k.put_bucket_encryption(Bucket=b, ServerSideEncryptionConfiguration=dict(Rules=[dict(ApplyServerSideEncryptionByDefault=sse)]))
        k.put_public_access_block(Bucket=b, PublicAccessBlockConfiguration=PAB)
    @step("kms")
    def s3data():
        bucket(bkt, "us-east-1", dict(SSEAlgorithm="aws:kms", KMSMasterKeyID=s["kms-arn"]))
        c("s3").put_bucket_lifecycle_configuration(Bucket=bkt, LifecycleConfiguration=dict(Rules=[dict(ID="old", Status="Enabled", Filter=dict(Prefix=""), NoncurrentVersionExpiration=dict(NoncurrentDays=90))]))
    @step()
    def s3rep(): bucket(rep, "us-west-2", dict(SSEAlgorithm="AES256"))
    @step("s3data", "s3rep", "role-repl")
    def s3repl(): c("s3").put_bucket_replication(Bucket=bkt, ReplicationConfiguration=dict(Role=s["role-repl"], Rules=[dict(ID="all", Status="Enabled", Priority=1, Filter=dict(Prefix=""), DeleteMarkerReplication=dict(Status="Disabled"), Destination=dict(Bucket=f"arn:aws:s3:::{rep}"))]))
    @step()
    def zone():
        s["zone"] = c("route53").create_hosted_zone(Name=f"{n}.example.com", CallerReference=f"{n}-{time.time()}")["HostedZone"]["Id"].split("/")[-1]
        c("route53").change_tags_for_resource(ResourceType="hostedzone", ResourceId=s["zone"], AddTags=T)
    @step()
    def hc():
        s["hc"] = c("route53").create_health_check(CallerReference=f"{n}-{time.time()}", HealthCheckConfig=dict(Type="HTTPS", FullyQualifiedDomainName=f"app.{n}.example.com", Port=443, ResourcePath="/health", RequestInterval=30, FailureThreshold=3))["HealthCheck"]["Id"]
        c("route53").change_tags_for_resource(ResourceType="healthcheck", ResourceId=s["hc"], AddTags=T)
    @step("zone", "hc", "alb")
    def records():
        r = c("route53").change_resource_record_sets(HostedZoneId=s["zone"], ChangeBatch=dict(Changes=rec("CREATE")))
        c("route53").get_waiter("resource_record_sets_changed").wait(Id=r["ChangeInfo"]["Id"])
    def rec(act):
        return [dict(Action=act, ResourceRecordSet=dict(Name=f"app.{n}.example.com", Type="A", SetIdentifier=k, Weight=w, HealthCheckId=s["hc"], AliasTarget=dict(HostedZoneId=s["alb-zone"], DNSName=s["alb-dns"], EvaluateTargetHealth=True))) for k, w in (("blue", 100), ("green", 0))]
    s["_rec"] = rec
    @step()
    def sns(): s["sns"] = c("sns").create_topic(Name=f"{n}-alarms", Tags=T)["TopicArn"]
    def alarm(k, deps, ns, m, stat, th, dims, op="GreaterThanThreshold"):
        def f(): c("cloudwatch").put_metric_alarm(AlarmName=f"{n}-{k}", Namespace=ns, MetricName=m, Statistic=stat, ComparisonOperator=op, Threshold=th, Period=300, EvaluationPeriods=2, Dimensions=[dict(Name=a, Value=b()) for a, b in dims.items()], AlarmActions=[s["sns"]], Tags=T)
        step("sns", *deps, name="alarm-" + k)(f)
    suf = lambda: s["alb"].split(":loadbalancer/")[-1]
    alarm("alb-5xx", ["alb"], "AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "Sum", 10, {"LoadBalancer": suf})
    alarm("alb-latency", ["alb"], "AWS/ApplicationELB", "TargetResponseTime", "Average", 2, {"LoadBalancer": suf})
    for col in COLORS: alarm(f"{col}-cpu", ["asg-" + col], "AWS/EC2", "CPUUtilization", "Average", 85, {"AutoScalingGroupName": lambda col=col: f"{n}-{col}"})
    alarm("rds-cpu", ["rds"], "AWS/RDS", "CPUUtilization", "Average", 80, {"DBInstanceIdentifier": lambda: n})
    alarm("rds-storage", ["rds"], "AWS/RDS", "FreeStorageSpace", "Average", 2e9, {"DBInstanceIdentifier": lambda: n}, "LessThanThreshold")
    @step("alb")
    def dash(): c("cloudwatch").put_dashboard(DashboardName=n, DashboardBody=json.dumps(dict(widgets=[dict(type="metric", x=0, y=0, width=12, height=6, properties=dict(region="us-east-1", title="ALB", stat="Sum", period=300, metrics=[["AWS/ApplicationELB", "RequestCount", "LoadBalancer", suf()]]))])))
    def ssm(k, deps, v):
        def f(): c("ssm").put_parameter(Name=f"/{n}/{k}", Type="String", Value=v(), Tags=T)
        step(*deps, name="ssm-" + k)(f)
    ssm("vpc-id", ["vpc"], lambda: s["vpc"]); ssm("alb-dns", ["alb"], lambda: s["alb-dns"]); ssm("db-endpoint", ["rds"], lambda: s["db-endpoint"]); ssm("bucket", ["s3data"], lambda: bkt)
    @step("kms")
    def vault(): c("backup").create_backup_vault(BackupVaultName=n, EncryptionKeyArn=s["kms-arn"], BackupVaultTags=TM)
    @step("vault")
    def plan(): s["plan"] = c("backup").create_backup_plan(BackupPlan=dict(BackupPlanName=n, Rules=[dict(RuleName="daily", TargetBackupVaultName=n, ScheduleExpression="cron(0 5 * * ? *)", Lifecycle=dict(DeleteAfterDays=35))]), BackupPlanTags=TM)["BackupPlanId"]
    return st


def checks(n, s, P):
    """One batched read for each kind of thing; compares identity and a few key settings."""
    e = lambda: c("ec2"); out = []
    sub = [s[f"{t}-{i}"] for t in TIERS for i in range(3)]
    bkt, rep = f"{n}-data-peers", f"{n}-replica-peers"
    sgs = [s["sg-alb"], s["sg-app"], s["sg-db"]]
    R = {
        "vpc": lambda: e().describe_vpcs(VpcIds=[s["vpc"]])["Vpcs"][0]["State"] == "available",
        "dns": lambda: e().describe_vpc_attribute(VpcId=s["vpc"], Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"],
        "subnets": lambda: len(e().describe_subnets(SubnetIds=sub)["Subnets"]) == 9,
        "igw": lambda: e().describe_internet_gateways(InternetGatewayIds=[s["igw"]])["InternetGateways"][0]["Attachments"][0]["VpcId"] == s["vpc"],
        "eip": lambda: len(e().describe_addresses(AllocationIds=[s["eip"]])["Addresses"]) == 1,
        "nat": lambda: e().describe_nat_gateways(NatGatewayIds=[s["nat"]])["NatGateways"][0]["State"] == "available",
        "rt": lambda: sum(len([a for a in r["Associations"] if a.get("SubnetId")]) for r in e().describe_route_tables(RouteTableIds=[s["rt-" + t] for t in TIERS])["RouteTables"]) == 9,
        "nacl": lambda: len(e().describe_network_acls(NetworkAclIds=[s["nacl"]])["NetworkAcls"][0]["Associations"]) == 3,
        "flow": lambda: len(e().describe_flow_logs(FlowLogIds=[s["flow"]])["FlowLogs"]) == 1,
        "sg": lambda: len(e().describe_security_groups(GroupIds=sgs)["SecurityGroups"]) == 3,
        "lt": lambda: len(e().describe_launch_templates(LaunchTemplateIds=[s["lt-blue"], s["lt-green"]])["LaunchTemplates"]) == 2,
        "ltv-b": lambda: e().describe_launch_template_versions(LaunchTemplateId=s["lt-blue"])["LaunchTemplateVersions"][0]["LaunchTemplateData"]["InstanceType"] == "t3.micro",
        "ltv-g": lambda: e().describe_launch_template_versions(LaunchTemplateId=s["lt-green"])["LaunchTemplateVersions"][0]["LaunchTemplateData"]["InstanceType"] == "m5.large",
        "kms": lambda: c("kms").describe_key(KeyId=s["kms"])["KeyMetadata"]["Enabled"],
        "rot": lambda: c("kms").get_key_rotation_status(KeyId=s["kms"])["KeyRotationEnabled"],
        "alias": lambda: c("kms").list_aliases(KeyId=s["kms"])["Aliases"][0]["AliasName"] == f"alias/{n}",
        "prof": lambda: c("iam").get_instance_profile(InstanceProfileName=f"{n}-app")["InstanceProfile"]["Roles"][0]["RoleName"] == f"{n}-app",
        "secret": lambda: c("secretsmanager").describe_secret(SecretId=s["secret"])["Name"] == f"{n}/db",
        "secretv": lambda: "admin" in c("secretsmanager").get_secret_value(SecretId=s["secret"])["SecretString"],
        "dbsn": lambda: len(c("rds").describe_db_subnet_groups(DBSubnetGroupName=n)["DBSubnetGroups"]) == 1,
        "dbpg": lambda: len(c("rds").describe_db_parameter_groups(DBParameterGroupName=n)["DBParameterGroups"]) == 1,
        "dbpp": lambda: bool(c("rds").describe_db_parameters(DBParameterGroupName=n, Source="user")),
        "rds": lambda: c("rds").describe_db_instances(DBInstanceIdentifier=n)["DBInstances"][0]["MultiAZ"],
        "cert": lambda: c("acm").describe_certificate(CertificateArn=s["cert"])["Certificate"]["Status"] == "ISSUED",
        "alb": lambda: len(c("elbv2").describe_load_balancers(LoadBalancerArns=[s["alb"]])["LoadBalancers"]) == 1,
        "tg": lambda: len(c("elbv2").describe_target_groups(TargetGroupArns=[s["tg-blue"], s["tg-green"]])["TargetGroups"]) == 2,
        "lis": lambda: c("elbv2").describe_listeners(LoadBalancerArn=s["alb"])["Listeners"][0]["Port"] == 443,
        "asg": lambda: len(c("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[f"{n}-blue", f"{n}-green"])["AutoScalingGroups"]) == 2,
        "asp": lambda: len(c("autoscaling").describe_policies(PolicyNames=[f"{n}-blue-cpu", f"{n}-green-cpu"])["ScalingPolicies"]) == 2,
        "life": lambda: len(c("s3").get_bucket_lifecycle_configuration(Bucket=bkt)["Rules"]) == 1,
        "repl": lambda: len(c("s3").get_bucket_replication(Bucket=bkt)["ReplicationConfiguration"]["Rules"]) == 1,
        "zone": lambda: c("route53").get_hosted_zone(Id=s["zone"])["HostedZone"]["Name"] == f"{n}.example.com.",
        "hc": lambda: c("route53").get_health_check(HealthCheckId=s["hc"])["HealthCheck"]["HealthCheckConfig"]["Port"] == 443,
        "rec": lambda: len([r for r in c("route53").list_resource_record_sets(HostedZoneId=s["zone"])["ResourceRecordSets"] if r["Type"] == "A"]) == 2,
        "sns": lambda: bool(c("sns").get_topic_attributes(TopicArn=s["sns"])),
        "alarms": lambda: len(c("cloudwatch").describe_alarms(AlarmNamePrefix=f"{n}-")["MetricAlarms"]) >= 6,
        "dash": lambda: bool(c("cloudwatch").get_dashboard(DashboardName=n)),
        "logs": lambda: len(c("logs").describe_log_groups(logGroupNamePrefix=f"/{n}/")["logGroups"]) == 3,
        "ssm": lambda: len(c("ssm").get_parameters(Names=[f"/{n}/{k}" for k in ("vpc-id", "alb-dns", "db-endpoint", "bucket")])["Parameters"]) == 4,
        "vault": lambda: c("backup").describe_backup_vault(BackupVaultName=n)["BackupVaultName"] == n,
        "plan": lambda: c("backup").get_backup_plan(BackupPlanId=s["plan"])["BackupPlanId"] == s["plan"],
    }
    for r in ("app", "flow", "rdsmon", "repl", "backup"):
        R["role-" + r] = lambda r=r: c("iam").get_role(RoleName=f"{n}-{r}")["Role"]["Arn"] == s["role-" + r]
    for r in ("app", "flow", "repl"): R["rpol-" + r] = lambda r=r: bool(c("iam").get_role_policy(RoleName=f"{n}-{r}", PolicyName=r)["PolicyDocument"])
    for r in ("rdsmon", "backup"): R["ratt-" + r] = lambda r=r: len(c("iam").list_attached_role_policies(RoleName=f"{n}-{r}")["AttachedPolicies"]) == 1
    for b, reg in ((bkt, "us-east-1"), (rep, "us-west-2")):
        R["ver" + b] = lambda b=b, reg=reg: c("s3", reg).get_bucket_versioning(Bucket=b)["Status"] == "Enabled"
        R["sse" + b] = lambda b=b, reg=reg: bool(c("s3", reg).get_bucket_encryption(Bucket=b)["ServerSideEncryptionConfiguration"])
        R["pab" + b] = lambda b=b, reg=reg: c("s3", reg).get_public_access_block(Bucket=b)["PublicAccessBlockConfiguration"]["BlockPublicAcls"]
    bad = []
    def wrap(k, f):
        def g():
            if not f(): bad.append(f"{n}:{k}")
        return g
    return {P + k: ([], wrap(k, f)) for k, f in R.items()}, bad


def destroy(n, s, P):
    st = {}
    def add(name, deps, *fns):
        def f():
            for x in fns: x()
        st[P + name] = ([P + d for d in deps], f)
    e = lambda: c("ec2"); bkt, rep = f"{n}-data-peers", f"{n}-replica-peers"
    def rds():
        c("rds").delete_db_instance(DBInstanceIdentifier=n, SkipFinalSnapshot=True); c("rds").get_waiter("db_instance_deleted").wait(DBInstanceIdentifier=n)
    add("rds", [], rds)
    def asg(col):
        a = c("autoscaling"); g = f"{n}-{col}"
        a.delete_auto_scaling_group(AutoScalingGroupName=g, ForceDelete=True)
        while a.describe_auto_scaling_groups(AutoScalingGroupNames=[g])["AutoScalingGroups"]: time.sleep(5)
    def alb():
        c("elbv2").delete_load_balancer(LoadBalancerArn=s["alb"]); c("elbv2").get_waiter("load_balancers_deleted").wait(LoadBalancerArns=[s["alb"]])
    def rec():
        ch = [dict(Action="DELETE", ResourceRecordSet=dict(Name=f"app.{n}.example.com", Type="A", SetIdentifier=k, Weight=w, HealthCheckId=s["hc"], AliasTarget=dict(HostedZoneId=s["alb-zone"], DNSName=s["alb-dns"], EvaluateTargetHealth=True))) for k, w in (("blue", 100), ("green", 0))]
        c("route53").change_resource_record_sets(HostedZoneId=s["zone"], ChangeBatch=dict(Changes=ch))
    add("records", [], rec)
    add("zone", ["records"], lambda: c("route53").delete_hosted_zone(Id=s["zone"])); add("hc", ["records"], lambda: c("route53").delete_health_check(HealthCheckId=s["hc"]))
    add("alb", ["records"], alb); add("cert", ["alb"], lambda: c("acm").delete_certificate(CertificateArn=s["cert"]))
    for col in COLORS:
        add("asg-" + col, [], lambda col=col: asg(col))
        add("tg-" + col, ["alb", "asg-" + col], lambda col=col: c("elbv2").delete_target_group(TargetGroupArn=s["tg-" + col]))
        add("lt-" + col, ["asg-" + col], lambda col=col: e().delete_launch_template(LaunchTemplateId=s["lt-" + col]))
    add("dbsn", ["rds"], lambda: c("rds").delete_db_subnet_group(DBSubnetGroupName=n)); add("dbpg", ["rds"], lambda: c("rds").delete_db_parameter_group(DBParameterGroupName=n))
    add("profile", ["lt-blue", "lt-green"], lambda: c("iam").remove_role_from_instance_profile(InstanceProfileName=f"{n}-app", RoleName=f"{n}-app"), lambda: c("iam").delete_instance_profile(InstanceProfileName=f"{n}-app"))
    for r, pre in dict(app="profile", flow="flow", repl="s3", rdsmon="rds", backup="plan").items():
        if r in ("rdsmon", "backup"): q = lambda r=r: c("iam").detach_role_policy(RoleName=f"{n}-{r}", PolicyArn="arn:aws:iam::aws:policy/service-role/" + ("AmazonRDSEnhancedMonitoringRole" if r == "rdsmon" else "AWSBackupServiceRolePolicyForBackup"))
        else: q = lambda r=r: c("iam").delete_role_policy(RoleName=f"{n}-{r}", PolicyName=r)
        add("role-" + r, [pre], q, lambda r=r: c("iam").delete_role(RoleName=f"{n}-{r}"))
    add("flow", [], lambda: e().delete_flow_logs(FlowLogIds=[s["flow"]]))
    for lg in ("vpc-flow", "app", "alb"): add("log-" + lg, ["flow"], lambda lg=lg: c("logs").delete_log_group(logGroupName=f"/{n}/{lg}"))
    add("s3", [], lambda: c("s3").delete_bucket(Bucket=bkt), lambda: c("s3", "us-west-2").delete_bucket(Bucket=rep))
    add("secret", [], lambda: c("secretsmanager").delete_secret(SecretId=s["secret"], ForceDeleteWithoutRecovery=True))
    add("alarms", [], lambda: c("cloudwatch").delete_alarms(AlarmNames=[f"{n}-{k}" for k in ("alb-5xx", "alb-latency", "blue-cpu", "green-cpu", "rds-cpu", "rds-storage")]))
    add("dash", [], lambda: c("cloudwatch").delete_dashboards(DashboardNames=[n])); add("sns", ["alarms"], lambda: c("sns").delete_topic(TopicArn=s["sns"]))
    add("ssm", [], lambda: c("ssm").delete_parameters(Names=[f"/{n}/{k}" for k in ("vpc-id", "alb-dns", "db-endpoint", "bucket")]))
    add("plan", [], lambda: c("backup").delete_backup_plan(BackupPlanId=s["plan"])); add("vault", ["plan"], lambda: c("backup").delete_backup_vault(BackupVaultName=n))
    add("kms", ["rds", "s3", "secret", "vault"], lambda: c("kms").delete_alias(AliasName=f"alias/{n}"), lambda: c("kms").schedule_key_deletion(KeyId=s["kms"], PendingWindowInDays=7))
    def nat():
        e().delete_nat_gateway(NatGatewayId=s["nat"]); e().get_waiter("nat_gateway_deleted").wait(NatGatewayIds=[s["nat"]])
    add("nat", ["asg-blue", "asg-green"], nat); add("eip", ["nat"], lambda: e().release_address(AllocationId=s["eip"]))
    add("igw", ["eip", "alb"], lambda: e().detach_internet_gateway(InternetGatewayId=s["igw"], VpcId=s["vpc"]), lambda: e().delete_internet_gateway(InternetGatewayId=s["igw"]))
    sg = []
    for k, d in (("db", ["rds"]), ("app", ["sg-db", "asg-blue", "asg-green"]), ("alb", ["sg-app", "alb"])): add("sg-" + k, d, lambda k=k: e().delete_security_group(GroupId=s["sg-" + k]))
    for t in TIERS:
        for i in range(3): add(f"sn-{t}-{i}", ["nacl", "rds", "alb", "asg-blue", "asg-green", "nat", "dbsn"], lambda t=t, i=i: e().disassociate_route_table(AssociationId=s[f"assoc-{t}-{i}"]), lambda t=t, i=i: e().delete_subnet(SubnetId=s[f"{t}-{i}"]))
        add("rt-" + t, [f"sn-{t}-{i}" for i in range(3)] + ["nat", "igw"], lambda t=t: e().delete_route_table(RouteTableId=s["rt-" + t]))
    def nacl():  # hand the subnets back to the VPC's default NACL, then delete ours
        r = e().describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [s["vpc"]]}])["NetworkAcls"]
        d = next(x["NetworkAclId"] for x in r if x["IsDefault"])
        for x in r:
            if x["NetworkAclId"] == s["nacl"]:
                for y in x["Associations"]: e().replace_network_acl_association(AssociationId=y["NetworkAclAssociationId"], NetworkAclId=d)
        e().delete_network_acl(NetworkAclId=s["nacl"])
    add("nacl", [], nacl)
    add("vpc", ["nacl", "igw", "sg-alb", "flow", "tg-blue", "tg-green"] + ["rt-" + t for t in TIERS], lambda: e().delete_vpc(VpcId=s["vpc"]))
    return st


def main():
    global POOL
    cmd, names = sys.argv[1], sys.argv[2].split(",")
    POOL = th = int(sys.argv[sys.argv.index("--threads") + 1]) if "--threads" in sys.argv else 1
    steps, bads = {}, []
    S = {n: {} for n in names}
    for i, n in enumerate(names):
        f = f"{HERE}/state-{n}.json"
        if cmd == "deploy": steps.update(build(n, i, S[n], n + "/"))
        else:
            S[n].update(json.load(open(f)))
            if cmd == "check":
                x, b = checks(n, S[n], n + "/"); steps.update(x); bads.append(b)
            else: steps.update(destroy(n, S[n], n + "/"))
    run(steps, th)
    if cmd == "deploy":
        for n in names: json.dump({k: v for k, v in S[n].items() if not k.startswith("_")}, open(f"{HERE}/state-{n}.json", "w"), indent=1)
    print(cmd, len(steps), "steps", "drift:" if sum(bads, []) else "", sum(bads, []) or "")
main()
