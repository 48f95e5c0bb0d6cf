-- Roles that nobody signs in with: whoever reads rows for a caller becomes the one of the caller's role for that transaction, and row-level
-- security gives it what the caller may see and no more (docs/adr/0018). Run at each start; does nothing where all is there.
-- Before a dump is restored into a server that has never had a ledger: psql -f readers.sql.
DO $$
DECLARE
    ledger name := current_schema();
    reader text;
BEGIN
    FOREACH reader IN ARRAY ARRAY[
        'baodao_reads_public', 'baodao_reads_resident', 'baodao_reads_member', 'baodao_reads_unit',
        'baodao_reads_community_worker', 'baodao_reads_organisation_department', 'baodao_reads_promotion_review'
    ] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = reader) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', reader);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- Another ledger of this server did so a moment ago.
            END;
        END IF;
        IF NOT pg_has_role(current_user, reader, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', reader);
        END IF;
        IF to_regclass('projections') IS NOT NULL THEN
            IF NOT has_schema_privilege(reader, ledger, 'USAGE') THEN
                EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', ledger, reader);
            END IF;
            IF NOT has_table_privilege(reader, 'projections', 'SELECT') THEN
                EXECUTE format('GRANT SELECT ON projections TO %I', reader);
            END IF;
        END IF;
    END LOOP;
END
$$;
