terraform {
  required_providers {
    aws = { source = "hashicorp/aws", configuration_aliases = [aws.replica] }
  }
}
variable "name" { type = string }
variable "index" { type = number }
variable "cert" { type = string }
variable "key" { type = string }
variable "password" {
  type      = string
  sensitive = true
}
locals {
  n       = var.name
  azs     = ["us-east-1a", "us-east-1b", "us-east-1c"]
  tiers   = { public = 0, private = 10, database = 20 }
  subnets = { for p in setproduct(keys(local.tiers), [0, 1, 2]) : "${p[0]}-${p[1]}" => { tier = p[0], az = local.azs[p[1]], cidr = "10.${var.index}.${local.tiers[p[0]] + p[1]}.0/24" } }
  tags    = { Environment = var.name, ManagedBy = "peers" }
  colors  = { blue = "t3.micro", green = "m5.large" }
  trust   = { for s in ["ec2", "vpc-flow-logs", "monitoring.rds", "s3", "backup"] : s => jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "${s}.amazonaws.com" }, Action = "sts:AssumeRole" }] }) }
}
data "aws_caller_identity" "me" {}

# ---- network
resource "aws_vpc" "this" {
  cidr_block           = "10.${var.index}.0.0/16"
  enable_dns_hostnames = true
  enable_dns_support   = true
  tags                 = merge(local.tags, { Name = local.n })
}
resource "aws_subnet" "this" {
  for_each                = local.subnets
  vpc_id                  = aws_vpc.this.id
  cidr_block              = each.value.cidr
  availability_zone       = each.value.az
  map_public_ip_on_launch = each.value.tier == "public"
  tags                    = merge(local.tags, { Name = "${local.n}-${each.key}", Tier = each.value.tier })
}
resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = merge(local.tags, { Name = local.n })
}
resource "aws_eip" "nat" {
  domain = "vpc"
  tags   = merge(local.tags, { Name = "${local.n}-nat" })
}
resource "aws_nat_gateway" "this" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.this["public-0"].id
  tags          = merge(local.tags, { Name = local.n })
  depends_on    = [aws_internet_gateway.this]
}
resource "aws_route_table" "this" {
  for_each = local.tiers
  vpc_id   = aws_vpc.this.id
  tags     = merge(local.tags, { Name = "${local.n}-${each.key}" })
}
resource "aws_route" "public" {
  route_table_id         = aws_route_table.this["public"].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}
resource "aws_route" "private" {
  route_table_id         = aws_route_table.this["private"].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this.id
}
resource "aws_route_table_association" "this" {
  for_each       = local.subnets
  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.this[each.value.tier].id
}
resource "aws_network_acl" "db" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [for i in [0, 1, 2] : aws_subnet.this["database-${i}"].id]
  ingress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "allow"
    cidr_block = "10.${var.index}.0.0/16"
    from_port  = 3306
    to_port    = 3306
  }
  egress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "allow"
    cidr_block = "10.${var.index}.0.0/16"
    from_port  = 1024
    to_port    = 65535
  }
  tags = merge(local.tags, { Name = "${local.n}-db" })
}
resource "aws_cloudwatch_log_group" "this" {
  for_each          = toset(["vpc-flow", "app", "alb"])
  name              = "/${local.n}/${each.key}"
  retention_in_days = 30
  tags              = local.tags
}
resource "aws_flow_log" "this" {
  vpc_id          = aws_vpc.this.id
  traffic_type    = "ALL"
  log_destination = aws_cloudwatch_log_group.this["vpc-flow"].arn
  iam_role_arn    = aws_iam_role.flow.arn
  tags            = local.tags
}

# ---- security groups
resource "aws_security_group" "alb" {
  name        = "${local.n}-alb"
  description = "alb"
  vpc_id      = aws_vpc.this.id
  tags        = local.tags
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_security_group" "app" {
  name        = "${local.n}-app"
  description = "app"
  vpc_id      = aws_vpc.this.id
  tags        = local.tags
  ingress {
    from_port       = 8080
    to_port         = 8080
    protocol        = "tcp"
    security_groups = [aws_security_group.alb.id]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_security_group" "db" {
  name        = "${local.n}-db"
  description = "db"
  vpc_id      = aws_vpc.this.id
  tags        = local.tags
  ingress {
    from_port       = 3306
    to_port         = 3306
    protocol        = "tcp"
    security_groups = [aws_security_group.app.id]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# ---- kms, iam, secret
resource "aws_kms_key" "this" {
  description         = "${local.n} data"
  enable_key_rotation = true
  tags                = local.tags
}
resource "aws_kms_alias" "this" {
  name          = "alias/${local.n}"
  target_key_id = aws_kms_key.this.key_id
}
resource "aws_iam_role" "app" {
  name               = "${local.n}-app"
  assume_role_policy = local.trust["ec2"]
  tags               = local.tags
}
resource "aws_iam_role_policy" "app" {
  name = "app"
  role = aws_iam_role.app.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = aws_secretsmanager_secret.db.arn },
    { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "${aws_s3_bucket.data.arn}/*" },
  { Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = aws_kms_key.this.arn }] })
}
resource "aws_iam_instance_profile" "app" {
  name = "${local.n}-app"
  role = aws_iam_role.app.name
  tags = local.tags
}
resource "aws_iam_role" "flow" {
  name               = "${local.n}-flow"
  assume_role_policy = local.trust["vpc-flow-logs"]
  tags               = local.tags
}
resource "aws_iam_role_policy" "flow" {
  name   = "flow"
  role   = aws_iam_role.flow.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"], Resource = "${aws_cloudwatch_log_group.this["vpc-flow"].arn}:*" }] })
}
resource "aws_iam_role" "rdsmon" {
  name               = "${local.n}-rdsmon"
  assume_role_policy = local.trust["monitoring.rds"]
  tags               = local.tags
}
resource "aws_iam_role_policy_attachment" "rdsmon" {
  role       = aws_iam_role.rdsmon.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}
resource "aws_iam_role" "repl" {
  name               = "${local.n}-repl"
  assume_role_policy = local.trust["s3"]
  tags               = local.tags
}
resource "aws_iam_role_policy" "repl" {
  name = "repl"
  role = aws_iam_role.repl.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["s3:GetReplicationConfiguration", "s3:ListBucket"], Resource = aws_s3_bucket.data.arn },
    { Effect = "Allow", Action = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl"], Resource = "${aws_s3_bucket.data.arn}/*" },
  { Effect = "Allow", Action = ["s3:ReplicateObject", "s3:ReplicateDelete"], Resource = "${aws_s3_bucket.replica.arn}/*" }] })
}
resource "aws_iam_role" "backup" {
  name               = "${local.n}-backup"
  assume_role_policy = local.trust["backup"]
  tags               = local.tags
}
resource "aws_iam_role_policy_attachment" "backup" {
  role       = aws_iam_role.backup.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
}
resource "aws_secretsmanager_secret" "db" {
  name                    = "${local.n}/db"
  kms_key_id              = aws_kms_key.this.arn
  recovery_window_in_days = 0
  tags                    = local.tags
}
resource "aws_secretsmanager_secret_version" "db" {
  secret_id     = aws_secretsmanager_secret.db.id
  secret_string = jsonencode({ username = "admin", password = var.password })
}

# ---- rds
resource "aws_db_subnet_group" "this" {
  name        = local.n
  description = "db"
  subnet_ids  = [for i in [0, 1, 2] : aws_subnet.this["database-${i}"].id]
  tags        = local.tags
}
resource "aws_db_parameter_group" "this" {
  name        = local.n
  family      = "mysql8.4"
  description = "db"
  parameter {
    name  = "max_connections"
    value = "200"
  }
  tags = local.tags
}
resource "aws_db_instance" "this" {
  identifier              = local.n
  engine                  = "mysql"
  engine_version          = "8.4.7"
  instance_class          = "db.t3.medium"
  allocated_storage       = 20
  storage_type            = "gp2"
  multi_az                = true
  storage_encrypted       = true
  kms_key_id              = aws_kms_key.this.arn
  username                = "admin"
  password                = var.password
  db_subnet_group_name    = aws_db_subnet_group.this.name
  parameter_group_name    = aws_db_parameter_group.this.name
  vpc_security_group_ids  = [aws_security_group.db.id]
  monitoring_interval     = 60
  monitoring_role_arn     = aws_iam_role.rdsmon.arn
  backup_retention_period = 7
  skip_final_snapshot     = true
  apply_immediately       = true
  tags                    = local.tags
}

# ---- alb
resource "aws_acm_certificate" "this" {
  certificate_body = var.cert
  private_key      = var.key
  tags             = local.tags
}
resource "aws_lb" "this" {
  name               = local.n
  load_balancer_type = "application"
  security_groups    = [aws_security_group.alb.id]
  subnets            = [for i in [0, 1, 2] : aws_subnet.this["public-${i}"].id]
  tags               = local.tags
}
resource "aws_lb_target_group" "this" {
  for_each = local.colors
  name     = "${local.n}-${each.key}"
  port     = 8080
  protocol = "HTTP"
  vpc_id   = aws_vpc.this.id
  health_check {
    path     = "/health"
    interval = 15
    timeout  = 5
  }
  tags = local.tags
}
resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate.this.arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["blue"].arn
  }
  tags = local.tags
}

# ---- compute
resource "aws_launch_template" "this" {
  for_each               = local.colors
  name                   = "${local.n}-${each.key}"
  image_id               = "ami-12c6146b"
  instance_type          = each.value
  vpc_security_group_ids = [aws_security_group.app.id]
  iam_instance_profile { name = aws_iam_instance_profile.app.name }
  metadata_options {
    http_tokens   = "required"
    http_endpoint = "enabled"
  }
  tags = local.tags
}
resource "aws_autoscaling_group" "this" {
  for_each            = local.colors
  name                = "${local.n}-${each.key}"
  min_size            = 1
  max_size            = 3
  desired_capacity    = 1
  vpc_zone_identifier = [for i in [0, 1, 2] : aws_subnet.this["private-${i}"].id]
  target_group_arns   = [aws_lb_target_group.this[each.key].arn]
  health_check_type   = "ELB"
  launch_template {
    id      = aws_launch_template.this[each.key].id
    version = "$Latest"
  }
  tag {
    key                 = "Environment"
    value               = local.n
    propagate_at_launch = true
  }
}
resource "aws_autoscaling_policy" "this" {
  for_each               = local.colors
  name                   = "${local.n}-${each.key}-cpu"
  autoscaling_group_name = aws_autoscaling_group.this[each.key].name
  policy_type            = "TargetTrackingScaling"
  target_tracking_configuration {
    predefined_metric_specification { predefined_metric_type = "ASGAverageCPUUtilization" }
    target_value = 60
  }
}

# ---- s3
resource "aws_s3_bucket" "data" {
  bucket        = "${local.n}-data-peers"
  force_destroy = true
  tags          = local.tags
}
resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.this.arn
    }
  }
}
resource "aws_s3_bucket_public_access_block" "data" {
  bucket                  = aws_s3_bucket.data.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_lifecycle_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    id     = "old"
    status = "Enabled"
    filter { prefix = "" }
    noncurrent_version_expiration { noncurrent_days = 90 }
  }
}
resource "aws_s3_bucket" "replica" {
  provider      = aws.replica
  bucket        = "${local.n}-replica-peers"
  force_destroy = true
  tags          = local.tags
}
resource "aws_s3_bucket_versioning" "replica" {
  provider = aws.replica
  bucket   = aws_s3_bucket.replica.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "replica" {
  provider = aws.replica
  bucket   = aws_s3_bucket.replica.id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "AES256" }
  }
}
resource "aws_s3_bucket_public_access_block" "replica" {
  provider                = aws.replica
  bucket                  = aws_s3_bucket.replica.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_replication_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  role   = aws_iam_role.repl.arn
  rule {
    id     = "all"
    status = "Enabled"
    filter { prefix = "" }
    delete_marker_replication { status = "Disabled" }
    priority = 1
    destination { bucket = aws_s3_bucket.replica.arn }
  }
  depends_on = [aws_s3_bucket_versioning.data, aws_s3_bucket_versioning.replica]
}

# ---- dns
resource "aws_route53_zone" "this" {
  name          = "${local.n}.example.com"
  force_destroy = true
  tags          = local.tags
}
resource "aws_route53_health_check" "this" {
  fqdn              = "app.${local.n}.example.com"
  port              = 443
  type              = "HTTPS"
  resource_path     = "/health"
  request_interval  = 30
  failure_threshold = 3
  tags              = local.tags
}
resource "aws_route53_record" "app" {
  for_each        = { blue = 100, green = 0 }
  zone_id         = aws_route53_zone.this.zone_id
  name            = "app.${local.n}.example.com"
  type            = "A"
  set_identifier  = each.key
  health_check_id = aws_route53_health_check.this.id
  weighted_routing_policy { weight = each.value }
  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }
}

# ---- monitoring
resource "aws_sns_topic" "alarms" {
  name = "${local.n}-alarms"
  tags = local.tags
}
locals {
  alarms = {
    alb-5xx     = { ns = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", stat = "Sum", threshold = 10, dims = { LoadBalancer = aws_lb.this.arn_suffix } }
    alb-latency = { ns = "AWS/ApplicationELB", metric = "TargetResponseTime", stat = "Average", threshold = 2, dims = { LoadBalancer = aws_lb.this.arn_suffix } }
    blue-cpu    = { ns = "AWS/EC2", metric = "CPUUtilization", stat = "Average", threshold = 85, dims = { AutoScalingGroupName = aws_autoscaling_group.this["blue"].name } }
    green-cpu   = { ns = "AWS/EC2", metric = "CPUUtilization", stat = "Average", threshold = 85, dims = { AutoScalingGroupName = aws_autoscaling_group.this["green"].name } }
    rds-cpu     = { ns = "AWS/RDS", metric = "CPUUtilization", stat = "Average", threshold = 80, dims = { DBInstanceIdentifier = aws_db_instance.this.identifier } }
    rds-storage = { ns = "AWS/RDS", metric = "FreeStorageSpace", stat = "Average", threshold = 2000000000, dims = { DBInstanceIdentifier = aws_db_instance.this.identifier } }
  }
}
resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = "${local.n}-${each.key}"
  namespace           = each.value.ns
  metric_name         = each.value.metric
  statistic           = each.value.stat
  comparison_operator = each.key == "rds-storage" ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 300
  evaluation_periods  = 2
  dimensions          = each.value.dims
  alarm_actions       = [aws_sns_topic.alarms.arn]
  tags                = local.tags
}
resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.n
  dashboard_body = jsonencode({ widgets = [{ type = "metric", x = 0, y = 0, width = 12, height = 6, properties = { region = "us-east-1", title = "ALB", stat = "Sum", period = 300, metrics = [["AWS/ApplicationELB", "RequestCount", "LoadBalancer", aws_lb.this.arn_suffix]] } }] })
}
resource "aws_ssm_parameter" "this" {
  for_each = { vpc-id = aws_vpc.this.id, alb-dns = aws_lb.this.dns_name, db-endpoint = aws_db_instance.this.address, bucket = aws_s3_bucket.data.id }
  name     = "/${local.n}/${each.key}"
  type     = "String"
  value    = each.value
  tags     = local.tags
}

# ---- backup
resource "aws_backup_vault" "this" {
  name        = local.n
  kms_key_arn = aws_kms_key.this.arn
  tags        = local.tags
}
resource "aws_backup_plan" "this" {
  name = local.n
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.this.name
    schedule          = "cron(0 5 * * ? *)"
    lifecycle { delete_after = 35 }
  }
  tags = local.tags
}
output "alb" { value = aws_lb.this.dns_name }
