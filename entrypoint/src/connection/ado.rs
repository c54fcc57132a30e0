//! ADO.NET's connection string, for Npgsql: `Host="db";Password="it's ""quoted"""`.
//!
//! Every value is in double quotes, and a double quote inside is doubled. Source: .NET
//! documentation of `DbConnectionStringBuilder` ("to include a double quotation mark in the value,
//! double it"), and Npgsql's connection string parameters.

use super::Database;

pub(super) fn ado(database: &Database) -> String {
    let port = database.port.to_string();
    let values = [
        ("Host", Some(database.host.as_str())),
        ("Port", Some(&port)),
        ("Database", Some(&database.name)),
        ("Username", Some(&database.user)),
        ("Password", database.password()),
        ("SSL Mode", database.sslmode.map(super::SslMode::ado_name)),
        ("Root Certificate", database.sslrootcert()),
    ];
    values
        .into_iter()
        .filter_map(|(keyword, value)| Some(format!("{keyword}={}", quote(value?))))
        .collect::<Vec<_>>()
        .join(";")
}

fn quote(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::database;
    use super::*;

    #[test]
    fn it_reads_as_documented() {
        assert_eq!(
            ado(&database(r#"it's "quoted";"#)),
            r#"Host="db.example";Port="5432";Database="app";Username="app_user";Password="it's ""quoted"";";SSL Mode="Require""#
        );
    }
}
