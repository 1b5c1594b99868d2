# Sumo Logic's own provider against the management API of `npm start`. Put the key that `npm start` told into the
# environment first: SUMOLOGIC_ACCESSID and SUMOLOGIC_ACCESSKEY.

terraform {
  required_providers {
    sumologic = { source = "sumologic/sumologic" }
  }
}

provider "sumologic" {
  base_url = "http://127.0.0.1:8080/api/"
}

variable "client_secret" {
  sensitive = true
}

resource "sumologic_field" "team" {
  field_name = "team"
}

resource "sumologic_collector" "mail" {
  name     = "Mail security"
  category = "email/mimecast"
}

resource "sumologic_cloud_to_cloud_source" "mimecast" {
  collector_id = sumologic_collector.mail.id
  schema_ref   = { type = "Mimecast" }
  config = jsonencode({
    name           = "Mimecast"
    clientID       = "YOUR-CLIENT-ID"
    clientSecret   = var.client_secret
    dataCollection = ["siem", "dlp", "auditEvent", "holdMessageList"]
    fields         = { team = "security", _siemForward = true }
  })
  # A field is refused to go while a source has it: this destroys the source first.
  depends_on = [sumologic_field.team]
}
